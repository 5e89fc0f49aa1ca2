"""What the contracts allow and nobody raised: found over all units, claimed, and dismissed."""
