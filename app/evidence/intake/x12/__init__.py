"""X12 transactions to facts, tolerantly: real files bend the envelope in every way.

segments      delimiters, and the bytes cut into segments with their offsets
interchange   which segments begin and end transactions, groups and interchanges
values        amounts and quantities as X12 writes them
transaction   one transaction while it is read: its elements asked for, and its head
parties ports depositor     who and where: N1 and R4 loops, whose stock
levels packages goods equipment freight_bill receipts     what several sets share
sets          which set is read by which mapper
set_204 ...   one mapper for each transaction set
acknowledgement   the 997 that answers what was read
"""
