"""Feeds: bytes arrive by other doors than HTTP.

    arriving    what all doors do with bytes: record them, or keep them unread
    broker      messages at `tollgate.in.PARTNER.FEED`
    folder      files that partners put into `TOLLGATE_DROPS/PARTNER/FEED/`
    pull        systems that only answer questions are asked, at the rhythm of their feed

Each door is a context manager that begins when it is entered and has finished what was in hand
when it is left. None of them decides anything, and each may bring the same bytes twice.
"""
