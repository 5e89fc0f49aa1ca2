"""The decision about a unit: asked for, taken by itself when facts come, and replayed."""
