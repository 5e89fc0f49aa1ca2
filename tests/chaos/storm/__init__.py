"""Several processes on one PostgreSQL, a real billing system, and everything that can break does.

sources    what the systems outside send, to whichever service answers, until it is taken
crowd      the processes, each started again whenever it dies
faults     what happens to them, by a seed
checker    what is left: read from the sources' log, the database and the ERP, past the product
run        all of it: `python -m tests.chaos.storm.run`
"""
