"""Files under rules/ and ratecards/ become models; drafts until they are accepted.

All mistakes of a set of files are shown together, each with file, line and column, what is
allowed there and the nearest name. A set with one mistake is not accepted at all.
"""
