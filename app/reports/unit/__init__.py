"""One unit as its page shows it: what happened, why, why not, and what somebody may do."""
