"""What X12 and EDIFACT have in common: messages in groups in interchanges, cut into segments.

    segments      what a segment and a cut are, whatever separates them
    interchange   segments put into messages, the envelope's counts and numbers compared
    reading       one message while it is read: its remarks, its facts, and how it is refused
    dates         dates and times of day as they are written
    moments       local times put into the zone of their place
    numbers       reference numbers of the kind their qualifier is mapped to
    loops         the segments that belong together

What only one of them has (its tags, its signs, what it leaves unsaid) stands in its own room.
"""
