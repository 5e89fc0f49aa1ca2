"""What people write comes into force as editions, and is found again by moment or digest."""
