"""What stands in for systems outside the building, on loopback.

A fake does what the real one does as far as its documentation or a trial says, and says in its
docstring what it leaves out. Where the real one can run here it does: see `tests/real`.
"""
