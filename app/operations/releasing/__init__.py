"""One unit, one release, and the invoice it becomes."""
