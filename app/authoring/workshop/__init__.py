"""The workshop: what proves a set of rules before it comes into force, and explains it to authors.

It is handed the engine and never knows which one.
"""
