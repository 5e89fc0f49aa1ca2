"""EDIFACT status reports (IFTSTA) to facts, with the place of everything that is wrong.

segments      delimiters, and the bytes cut into segments with their offsets; pydifact reads each
interchange   which segments begin and end messages, groups and interchanges
moments       dates and times as DTM writes them
places        LOC and NAD: where, and who
consignment   one consignment while it is read: its header, carrier and references
iftsta        the statuses of a consignment become milestones
messages      every message of a file, each consignment for itself

A status report lists consignments that have nothing to do with each other but their carrier.
Each is therefore read as a message of its own: one whose date is impossible is refused, whole,
and keeps none of the others from being read.
"""
