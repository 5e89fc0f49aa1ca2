"""The documents of one billable unit: what is estimated, billed, adjusted and proved."""
