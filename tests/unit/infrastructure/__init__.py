"""Mirrors `app/infrastructure/`."""
