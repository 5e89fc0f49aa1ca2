"""The console in a real Chromium, over the demo's data: what a person sees, reaches and does."""
