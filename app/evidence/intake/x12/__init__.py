"""X12 transactions to facts, tolerantly: real files bend the envelope in every way.

segments      delimiters, and the bytes cut into segments with their offsets
interchange   segments put into transactions, the envelope's counts compared
values        dates, times, amounts and weights as X12 writes them
transaction   one transaction while it is read: its remarks, references and facts
parties ports depositor     who and where: N1 and R4 loops, whose stock
levels packages goods equipment freight_bill     what several sets share
sets          which set is read by which mapper
set_204 ...   one mapper for each transaction set
acknowledgement   the 997 that answers what was read
"""
