"""What one customer may see of its own units, and nothing else: a whitelist."""
