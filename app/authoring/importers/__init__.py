"""Importers: tariffs and series as others publish them become drafts in our own form.

What they write is a draft like any other: it is checked before anything is priced by it.
"""
