"""What the move costs us: the carrier's invoice against what was tendered or accrued."""
