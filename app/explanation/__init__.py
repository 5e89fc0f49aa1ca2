"""A decision told to people: what it is, why, what would release it, and who can change it."""
