"""The rules in force as people read them, and what each of them does."""
