"""What several KPIs share: what is left out of all of them, and what has to have been told."""

from app.reports.kpis.definition import Amount, Exclusion, Need, Table, equals, known

COHORT_DAYS = 60
"""For so long after its issue credits and disputes count against an invoice."""

LEFT_OUT = (
    Exclusion(why="cancelled", where=(equals("excluded", "cancelled"),)),
    Exclusion(why="not billed by a rule", where=(equals("excluded", "no bill"),)),
    Exclusion(why="test", where=(equals("excluded", "test"),)),
    Exclusion(why="left out for another reason", where=(known("excluded"),)),
)
LEFT_OUT_UNBILLED = tuple(
    Exclusion(why=each.why, where=(*each.where, known("claimed_at", no=True))) for each in LEFT_OUT
)
"""Of what is about billing: a unit that was billed stays in it, whatever became of it since."""
NOT_COMPLETED = Exclusion(
    why="its completing event is not told", where=(known("completed_at", no=True),)
)
NOT_DELIVERED = Exclusion(why="its delivery is not told", where=(known("delivered_at", no=True),))
NOT_ORIGINAL = (
    Exclusion(why="a credit", where=(equals("kind", "credit"),)),
    Exclusion(why="a rebill", where=(equals("kind", "rebill"),)),
)

WORTH = Amount(plus=("amount_minor", "held_minor", "billed_minor"))
"""What waits, what is kept back and what is billed: together all that a unit comes to."""
INVOICED = Amount(plus=("amount_minor",))

DECIDED = Need(table=Table.UNIT, where=(), what="a decided unit")
COMPLETED = Need(
    table=Table.UNIT,
    where=(known("completed_at"),),
    what="the event on which a contract bills (delivery, proof, ship confirmation, period end)",
)
NUMBERED = Need(
    table=Table.INVOICE,
    where=(known("invoiced_at"),),
    what="an invoice number from the billing system",
)
DELIVERED = Need(
    table=Table.UNIT, where=(known("delivered_at"),), what="an actual delivery milestone"
)
PROVEN = Need(table=Table.UNIT, where=(known("pod_at"),), what="an accepted proof of delivery")
CUT_OFF = Need(
    table=Table.UNIT,
    where=(known("cutoff_on"),),
    what="a contract that says when the customer's batch closes",
)
RIGHT = Need(
    table=Table.UNIT,
    where=(known("right_until"),),
    what="a contract that says until when may be billed",
)
DISPUTED = Need(table=Table.INVOICE, where=(known("disputed_at"),), what="a dispute")
HEARD = Need(table=Table.MESSAGE, where=(), what="a message")
