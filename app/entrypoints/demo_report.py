"""The demo's answer as aligned lines of plain text: units, money, what waits, where to look."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app.evidence.facts.fact import Fact
from app.judgement.decision import Decision, Hold
from app.judgement.verdict import Verdict
from app.money import Money, total
from app.operations.looking.family import FamilyKnown

CLASSIC = "KS-88123"
"""Tendered, short-picked, consolidated, delivered late, its detention not approved yet."""
WHOLE_LIFE = "NS-10434"
"""Billed ahead of its proof of delivery, trued up, disputed, and credited in part."""
BEFORE_THE_SCALE = "2026-03-04T12:00:00Z"
"""The warehouse has weighed the classic, the plan still says otherwise."""
GAP = "  "


def report(decisions: Sequence[Decision], waiting: Sequence[Fact]) -> Iterator[str]:
    """Every unit, the money by verdict, and the facts without a unit."""
    yield from aligned(
        ("unit", "customer", "verdict", "amount", "kept back", "why", "who must act"),
        [_row(decision) for decision in decisions],
        right={3, 4},
    )
    yield ""
    yield from _money(decisions)
    if waiting:
        yield ""
        yield f"waiting for their shipment or order: {len(waiting)} fact(s)"
        for fact in waiting:
            numbers = ", ".join(str(reference) for reference in fact.references)
            yield f"{GAP}{fact.entity} of {fact.source} names {numbers}"


def aligned(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[int] = ()
) -> Iterator[str]:
    """The rows under their head, each column as wide as its widest cell."""
    to_the_right = set(right)
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    for row in (head, tuple("-" * width for width in widths), *rows):
        cells = (
            cell.rjust(width) if at in to_the_right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield GAP.join(cells).rstrip()


def _row(decision: Decision) -> tuple[str, ...]:
    first = _most_urgent(decision)
    more = len({hold.code for hold in decision.holds}) - 1
    amount = str(decision.total) if decision.total and decision.lines else "-"
    return (
        decision.unit,
        decision.customer or "unknown",
        decision.verdict.value.replace("_", " "),
        amount,
        str(decision.held_total or ""),
        "" if first is None else first.code + (f" and {more} more" if more else ""),
        "" if first is None else first.owner,
    )


def _most_urgent(decision: Decision) -> Hold | None:
    return min(decision.holds, key=lambda hold: (hold.due_at, hold.code), default=None)


def _money(decisions: Sequence[Decision]) -> Iterator[str]:
    """What goes out, what waits, and what was kept back of invoices that go out."""
    customers = sorted({decision.customer for decision in decisions})
    rows = []
    for customer in (*customers, ""):
        mine = [each for each in decisions if customer in {"", each.customer}]
        sums = [_sum(each.total for each in mine if each.verdict is verdict) for verdict in Verdict]
        kept = _sum(each.held_total for each in mine)
        counts = [sum(1 for each in mine if each.verdict is verdict) for verdict in Verdict]
        cells = [f"{count}: {amount}" for count, amount in zip(counts, sums, strict=True)]
        rows.append((customer or "together", *cells, str(kept)))
    verdicts = (verdict.value.replace("_", " ") for verdict in Verdict)
    head = ("money", *verdicts, "kept back")
    yield from aligned(head, rows, right=range(1, len(head)))


def _sum(amounts: Iterable[Money | None]) -> Money:
    # Every card of the week is in dollars; another currency would stop here, not be added.
    return total((amount for amount in amounts if amount is not None), "USD")


def one_life(family: FamilyKnown) -> Iterator[str]:
    """Every document of the unit that went all the way, and what they come to."""
    yield f"One unit from first estimate to last credit: {WHOLE_LIFE}"
    places = {each.document.reference: each.place for each in family.documents}
    rows = []
    for each in family.documents:
        document = each.document
        follows = places.get(document.adjusts or document.reverses)
        ahead = f"ahead of {', '.join(document.waived)}; {document.settled or 'open'}"
        why = f"follows on {follows}" if follows else ahead if document.waived else ""
        cells = (str(each.place), document.billed_on.isoformat(), document.kind.value)
        rows.append((*cells, each.invoice_number, str(document.total), why))
    rows.append(("", "", "balance", "", str(family.balance or "-"), family.state))
    yield from aligned(("", "billed on", "document", "invoice", "amount", ""), rows, right={4})


def next_steps(next_messages: Path, url: str) -> Iterator[str]:
    """The commands that show the most, in the order of a first look.

    Args:
        next_messages: where the messages are that come after the week.
        url: where `tollgate serve` shows all of it.
    """
    steps = (
        (f"tollgate explain {CLASSIC}", "why, to the cent and the message"),
        (f"tollgate explain {WHOLE_LIFE}", "from first estimate to last credit"),
        (f"tollgate decide {CLASSIC} --known-at {BEFORE_THE_SCALE}", "as it stood that day"),
        (f"tollgate ingest {next_messages}", "the customer approves the detention;"),
        (f"tollgate decide {CLASSIC}", "now nothing is kept back"),
        ("tollgate replay --all", "every decision again, to the byte"),
        ("tollgate serve", f"all of it at {url}"),
    )
    yield "where to look next"
    width = max(len(command) for command, _ in steps)
    for command, what in steps:
        yield f"{GAP}{command.ljust(width)}{GAP}{what}"
