"""What people write, read into models with the place of every mistake."""
