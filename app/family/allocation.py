"""That what several units bear together is borne whole: their shares are the charge, to the cent.

A line that is a share says by what and with whom it is shared. What each of them brings is read
again from the units themselves, the charge of the whole load follows from the exact share, and the
split is made anew for all of them: a cent too many or too few on any of them is seen here, where
each unit for itself would add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from app.evidence.correlation.unit import BillableUnit
from app.family.proof import Proof
from app.money import MINOR_UNITS, Money, of_minor_units, total
from app.pricing.lines.charge import Charge
from app.pricing.reckoned.loads import Sharing, brought_by, sharing_of, split


def allocation_proofs(
    unit: str, charges: Iterable[Charge], units: Sequence[BillableUnit]
) -> tuple[Proof, ...]:
    """One for each line that is a share.

    Args:
        unit: whose lines these are.
        charges: its lines.
        units: it, and all others of its load.
    """
    known = {each.unit: each for each in units}
    return tuple(
        _proof(unit, charge, sharing, known)
        for charge in charges
        if (sharing := sharing_of(charge)) is not None
    )


def _proof(unit: str, charge: Charge, sharing: Sharing, known: Mapping[str, BillableUnit]) -> Proof:
    strangers = [name for name in sharing.units if name not in known]
    if strangers or unit not in sharing.units:
        who = ", ".join(strangers) or unit
        return _wrong(charge, f"it is shared with {', '.join(sharing.units)}, and {who} is not")
    brought = {name: brought_by(known[name], sharing.by) for name in sharing.units}
    if not all(brought.values()):
        return _wrong(charge, f"not all of {', '.join(sharing.units)} have a {sharing.by}")
    exact_share = Fraction(charge.unrounded)
    whole = exact_share * sum(brought.values(), Fraction(0)) / brought[unit]
    coins = whole * 10 ** MINOR_UNITS[charge.amount.currency]
    if coins.denominator != 1:
        return _wrong(charge, f"{exact_share} is no share of a payable amount by {sharing.by}")
    return _added(unit, charge, brought, of_minor_units(int(coins), charge.amount.currency))


def _added(unit: str, charge: Charge, brought: Mapping[str, Fraction], whole: Money) -> Proof:
    """The shares of all, from what each brings, and ours among them."""
    shares = split(whole, dict(brought))
    added = total(shares.values(), whole.currency)
    parts = " + ".join(f"{share.amount} {name}" for name, share in shares.items())
    return Proof(
        of="allocation",
        says=f"{charge.key}: {parts} = {added} of {whole}; billed here {charge.amount}",
        holds=added == whole and shares[unit] == charge.amount,
    )


def _wrong(charge: Charge, why: str) -> Proof:
    return Proof(of="allocation", says=f"{charge.key}: {why}", holds=False)
