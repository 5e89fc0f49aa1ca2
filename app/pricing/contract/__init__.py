"""What was agreed with a customer and is not a price."""
