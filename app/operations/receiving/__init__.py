"""Bytes arrive: kept as they came, read, and what they touch is due to be decided."""
