"""What rating returns: the lines of an invoice with their working, and whether they add up.

charge     a line, what has no price, what is ruled out
wording    how numbers read in a working
limits     a minimum and a maximum in words
tie_out    the lines reckoned again
"""
