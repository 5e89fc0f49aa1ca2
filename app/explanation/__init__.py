"""A decision told to people: what it is, why, and who can change it."""
