"""What must hold while processes die."""
