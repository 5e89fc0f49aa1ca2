"""That documents add up, checked again from their cents before they go out, and kept as proof.

lines      the lines of each document are its total
tax        what is taxed in all jurisdictions is what the taxed lines come to
reversal   what takes a document back is its exact negation, line by line
family     after them the family bills exactly what the unit comes to
allocation the shares of all who bear a charge together are that charge: `allocation.py`
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from app.family.document import DocumentLine, Planned
from app.family.family import Family
from app.money import Money, total
from app.pricing.lines.charge import Taxed


class Proof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that has to be so, with its arithmetic."""

    of: str
    """`lines`, `tax`, `reversal`, `family` or `allocation`."""
    says: str
    holds: bool = True


def proofs_of(
    family: Family, documents: Sequence[Planned], wanted: Mapping[str, Money], currency: str
) -> tuple[Proof, ...]:
    """Everything that has to be so of documents that go out.

    Args:
        family: what was billed before them.
        documents: what goes out.
        wanted: what is to be billed for each service by then, by key.
        currency: of all of them.
    """
    return (
        *(_lines(document) for document in documents),
        *(proof for document in documents if (proof := _reversal(family, document))),
        _family(family, documents, wanted, currency),
    )


def tax_proofs(owed: Sequence[DocumentLine], currency: str) -> tuple[Proof, ...]:
    """By tax, and what it is on: its bases in all jurisdictions are what those lines come to.

    Args:
        owed: every line that is billed by then.
        currency: of all of them.
    """
    amounts = {line.key: line.amount for line in owed}
    taxes: dict[tuple[str, tuple[str, ...]], list[tuple[Taxed, Money]]] = defaultdict(list)
    for line in owed:
        if line.tax is not None:
            taxes[line.code, line.tax.of].append((line.tax, line.amount))
    return tuple(_tax(of, found, amounts, currency) for (_, of), found in taxes.items())


def _tax(
    of: Sequence[str],
    found: Sequence[tuple[Taxed, Money]],
    amounts: Mapping[str, Money],
    currency: str,
) -> Proof:
    # Two taxes of one jurisdiction are on the same base, which counts once.
    bases = {(tax.jurisdiction, tax.taxable.amount): tax.taxable for tax, _ in found}
    taxed = total(bases.values(), currency)
    comes_to = total((amounts[key] for key in of if key in amounts), currency)
    each = "; ".join(
        f"{tax.tax} of {tax.jurisdiction}: {tax.percent}% of {tax.taxable} is {amount}"
        for tax, amount in found
    )
    says = f"{each}; taxed in all {taxed} of {comes_to}"
    return Proof(of="tax", says=says, holds=taxed == comes_to)


def _lines(document: Planned) -> Proof:
    currency = document.total.currency
    added = total((line.amount for line in document.lines), currency)
    return Proof(
        of="lines",
        says=f"{document.kind}: {_sum(document.lines)} = {added}",
        holds=added == document.total,
    )


def _reversal(family: Family, document: Planned) -> Proof | None:
    if not document.reverses:
        return None
    taken = next((d for d in family.documents if d.reference == document.reverses), None)
    if taken is None:
        return Proof(of="reversal", says=f"there is no {document.reverses}", holds=False)
    return Proof(
        of="reversal",
        says=f"{document.total} takes back {taken.total} of {taken.reference}, line by line",
        holds=document.lines == tuple(-line for line in taken.lines),
    )


def _family(
    family: Family, documents: Sequence[Planned], wanted: Mapping[str, Money], currency: str
) -> Proof:
    """The balance after the documents, by service."""
    billed: dict[str, Money] = {}
    before = [line for document in family.documents for line in document.lines]
    for line in (*before, *(line for document in documents for line in document.lines)):
        billed[line.key] = billed[line.key] + line.amount if line.key in billed else line.amount
    keys = sorted({*billed, *wanted})
    nothing = total((), currency)
    wrong = [
        f"{key}: {billed.get(key, nothing)} billed, {wanted.get(key, nothing)} owed"
        for key in keys
        if billed.get(key, nothing) != wanted.get(key, nothing)
    ]
    now = " ".join(map(_signed, documents))
    owed = total(wanted.values(), currency)
    return Proof(
        of="family",
        says="; ".join(wrong) or f"{family.balance or nothing} {now} = {owed}",
        holds=not wrong,
    )


def _signed(document: Planned) -> str:
    amount = document.total.amount
    return f"{'-' if amount < 0 else '+'} {amount.copy_abs()}"


def _sum(lines: Sequence[DocumentLine]) -> str:
    return " + ".join(_parts(lines)) or "nothing"


def _parts(lines: Sequence[DocumentLine]) -> Iterator[str]:
    for line in lines:
        text = str(line.amount.amount)
        yield f"({text})" if line.amount.amount < 0 else text
