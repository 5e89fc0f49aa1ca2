"""Real servers, started on loopback for a test session and gone afterwards."""
