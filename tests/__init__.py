"""Tests are named as sentences; `unit/` mirrors `app/`."""
