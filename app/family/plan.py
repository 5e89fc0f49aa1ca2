"""What has to go out so that a family comes to what its unit comes to: the smallest adjustment.

    delta only           one document: for each service what it comes to less what was billed for it
    reverse and repost   every standing document taken back whole, then one with all of it anew

Both come to the same balance; which of them the customer wants is in its contract. What is held
keeps what was billed for it. Where nothing differs, there is no document.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from app.family.document import DocumentKind, DocumentLine, FamilyDocument, Planned, planned
from app.family.family import Family, State, is_nothing, must_follow
from app.money import EXACT, Money
from app.pricing.contract.contract import AdjustmentStyle


def plan_of(
    family: Family,
    target: Sequence[DocumentLine],
    *,
    held: Collection[str] = (),
    style: AdjustmentStyle = AdjustmentStyle.DELTA_ONLY,
) -> tuple[Planned, ...]:
    """The documents that bring the family to the target; none where it is there.

    Args:
        family: what was billed; not empty.
        target: what the unit comes to, a line for each service.
        held: keys of lines that wait: nothing changes for them.
        style: how the customer wants it.
    """
    assert family.documents, "what was never billed is billed, not adjusted"
    live = family.live_lines
    wanted = wanted_lines(family, target, held)
    deltas = tuple(_deltas(live, wanted))
    if not deltas:
        return ()
    if family.state is State.CREDITED:
        documents: tuple[Planned, ...] = (
            planned(DocumentKind.REBILL, tuple(wanted.values()), family.currency),
        )
    elif style is AdjustmentStyle.REVERSE_AND_REPOST or _takes_back_the_only(family, wanted):
        documents = reposted(family, tuple(wanted.values()))
    else:
        documents = (_delta(family, deltas),)
    must_follow(family, documents)
    return documents


def _takes_back_the_only(family: Family, wanted: Mapping[str, DocumentLine]) -> bool:
    """Whether nothing is left of the one invoice there is: then that one is taken back."""
    return not wanted and len(family.standing) == 1


def reposted(family: Family, lines: tuple[DocumentLine, ...]) -> tuple[Planned, ...]:
    """Every standing document taken back whole, then the lines anew; only back without lines."""
    back = tuple(_reversed(document) for document in family.standing)
    again = (planned(DocumentKind.REBILL, lines, family.currency),) if lines else ()
    return (*back, *again)


def wanted_lines(
    family: Family, target: Sequence[DocumentLine], held: Collection[str] = ()
) -> dict[str, DocumentLine]:
    """The lines that shall be billed, by key: a held one as it was billed, or not at all."""
    free = [line for line in target if line.key not in held and not is_nothing(line)]
    wanted = {line.key: line for line in free}
    assert len(wanted) == len(free), "one service has one line"
    kept = {key: line for key, line in family.live_lines.items() if key in held}
    return {**wanted, **kept}


def _deltas(
    live: Mapping[str, DocumentLine], wanted: Mapping[str, DocumentLine]
) -> Iterator[DocumentLine]:
    for key, line in wanted.items():
        before = live.get(key)
        if before is None:
            yield line
        elif line.tax is not None:
            yield from _tax_delta(before, line)
        elif line.amount != before.amount:
            yield _changed(before, line)
    yield from (-line for key, line in live.items() if key not in wanted)


def _changed(before: DocumentLine, now: DocumentLine) -> DocumentLine:
    delta = now.amount + -before.amount
    return msgspec.structs.replace(
        now,
        description=f"{now.description}: {now.amount} instead of {before.amount}",
        quantity=Decimal(1),
        unit="adjustment",
        rate=delta.amount,
        amount=delta,
    )


def _tax_delta(before: DocumentLine, now: DocumentLine) -> Iterator[DocumentLine]:
    """A tax at the same rate as a difference; at another rate taken back and billed anew."""
    assert before.tax is not None, "a tax stays a tax"
    assert now.tax is not None, "a tax stays a tax"
    if (before.amount, before.tax.taxable) == (now.amount, now.tax.taxable):
        return
    if before.tax.percent != now.tax.percent:
        yield -before
        yield now
        return
    base: Money = now.tax.taxable + -before.tax.taxable
    yield msgspec.structs.replace(
        now,
        quantity=EXACT.subtract(now.quantity, before.quantity),
        amount=now.amount + -before.amount,
        tax=msgspec.structs.replace(now.tax, taxable=base),
    )


def _delta(family: Family, deltas: tuple[DocumentLine, ...]) -> Planned:
    document = planned(DocumentKind.SUPPLEMENTAL, deltas, family.currency)
    kind = DocumentKind.CREDIT if document.total.amount < 0 else DocumentKind.SUPPLEMENTAL
    return msgspec.structs.replace(document, kind=kind, adjusts=_changed_by(family, deltas))


def _changed_by(family: Family, deltas: Sequence[DocumentLine]) -> str:
    """The standing invoice that bills what is changed; the first, where it is only added to."""
    keys, codes = {line.key for line in deltas}, {line.code for line in deltas}
    bills = [each for each in family.standing if each.total.amount > 0]
    found = (
        *(each for each in bills if any(line.key in keys for line in each.lines)),
        # What is agreed to be credited is a line of its own, of the charge that it is taken of.
        *(each for each in bills if any(line.code in codes for line in each.lines)),
        *bills,
    )
    assert found, "a family that is not credited has an invoice that stands"
    return found[0].reference


def _reversed(document: FamilyDocument) -> Planned:
    """All of a document taken back: its stored lines, each negated."""
    kind = DocumentKind.CREDIT if document.total.amount >= 0 else DocumentKind.SUPPLEMENTAL
    lines = tuple(-line for line in document.lines)
    return planned(kind, lines, document.total.currency, reverses=document.reference)
