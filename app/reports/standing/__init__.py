"""Where one unit stands, worked out from everything that happened to it."""
