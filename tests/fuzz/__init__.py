"""Long differential runs: `make fuzz`. The suite runs a small share of the same."""
