"""What X12 and EDIFACT have in common: messages in groups in interchanges, cut into segments.

    segments      what a segment and a cut are, whatever separates them
    interchange   segments put into messages, the envelope's counts and numbers compared
    reading       one message while it is read: its remarks, its facts, and how it is refused
    moments       local times put into the zone of their place
    loops         the segments that belong together

What only one of them has (its tags, its signs, what it leaves unsaid) stands in its own room.
"""
