"""The first key alone."""
