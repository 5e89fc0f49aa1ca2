"""A partner's bytes become facts, or faults with their place.

    read          the one door: looks at the bytes, chooses the reader
    received      what comes out: per transaction or event its facts and its faults
    feed          one stream of a partner: its format, mapping, lane and limits
    profile       how one partner is read: senders, zones, units, code maps
    shape         what messages look like, so that a change is noticed
    references    the numbers a fact names by what it says
    zones         the local time of a state or province
    enveloped     what X12 and EDIFACT have in common: the envelope, one message while it is read
    x12           204, 990, 214, 210 and 945, tolerantly
    edifact       IFTSTA, each consignment for itself
    mapped        CSV, XLSX, fixed width and other people's JSON, by a mapping
    paper         what a person may attach as a paper, by its media type and first bytes
    canonical     our own JSON: CloudEvents, single, batch, or one a line

Pure: bytes and profiles in, values out. What cannot be read is refused with its byte or
field, and keeps nothing else of the file from being read.
"""
