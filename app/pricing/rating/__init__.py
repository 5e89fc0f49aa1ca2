"""The rate card, the order of calculation, and one file per charge shape."""
