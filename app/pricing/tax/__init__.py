"""Tax: what is asked of a tax engine, and the engines that are built in.

engine         the question, the answer, and what an engine has to do
supply         where the freight is supplied, and which part of a line belongs where
exemption      whether the customer is exempt, and until when
table          the engine that reads the card's own table
determination  the engine whose answer was told as a fact before the decision
"""
