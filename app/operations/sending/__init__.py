"""What was decided and released reaches whoever wants to hear it, however often it takes."""
