"""What an auditor reads: a decision with all it saw, the bytes behind it, and their comparison."""
