"""Tests with the real thing on the other end: a server, a process, an installation."""
