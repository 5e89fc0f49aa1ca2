"""What there is to do: open holds in the order of work, the board, and what alarms watch."""
