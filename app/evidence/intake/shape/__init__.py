"""What messages look like, so that a sender that begins to send something else is noticed.

    traits      one thing a message has: a place in it, and the kind of what stands there
    documents   the traits of JSON
    segments    the traits of X12 and EDIFACT
    rows        the traits of CSV, fixed width and workbooks
    shape       bytes become a shape: all traits of a message, and the codes no map knows
    drift       two spans of messages compared

A shape says nothing of what a message means, and no fact comes of it. It is made of the bytes
alone, so that a message that was refused has one too: that is often the first sign of a drift.
"""
