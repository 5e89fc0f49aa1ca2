"""Feeds: bytes arrive by other doors than HTTP.

    arriving    what all doors do with bytes: record them, or keep them unread
    broker      messages at `tollgate.in.PARTNER.FEED`
    folder      files that partners put into `TOLLGATE_DROPS/PARTNER/FEED/`
    pull        systems that only answer questions are asked, at the rhythm of their feed

    open_feeds  all of them, as the settings open them, until left

None of them decides anything, and each may bring the same bytes twice.
"""
