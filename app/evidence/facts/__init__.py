"""Facts: what one source said about one thing, in our words.

Stored for good, so these types only grow: a field may be added with a default, an
enumeration may gain a member; nothing is renamed, removed or given another meaning.
Fields at their default are left out of the bytes (`omit_defaults`), so that a new field
changes neither the id of a fact nor the digest of a dossier that was stored before it.
"""
