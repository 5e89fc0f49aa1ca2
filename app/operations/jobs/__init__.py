"""What is long: each kind of job is an operation that can be done again, a few things at a time."""
