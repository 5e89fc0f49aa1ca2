"""Agreed credits, method `agreed_credit_1`: what was granted in a dispute comes off its line.

The amount is the granted one to the cent, never worked out again, so that whatever is rated anew
later leaves it alone. It is no base of a percentage, a minimum or an allocation, as it is added
after all of them; tax is on it as on its line, since a credit of a service is one of its tax.
Credits that find no line, or are more than their line, are refused and wait for a person.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from app.evidence.correlation.acts import credit_subject
from app.evidence.correlation.disputes import Grant, KnownDispute
from app.money import total
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import exact_text, money
from app.pricing.reckoned.occasion import Line

METHOD = "agreed_credit_1"


def agreed_credits(
    disputes: Iterable[KnownDispute], lines: Iterable[Line], card: str, currency: str
) -> tuple[Line, ...]:
    """A line for each credit that was agreed, or why there is none.

    Args:
        disputes: all of the unit.
        lines: what the unit was rated to, without tax.
        card: by which the disputed lines were priced.
        currency: of the invoice.
    """
    granted = [each for each in disputes if each.grant is not None]
    charges = [line for line in lines if isinstance(line, Charge)]
    return tuple(
        _credit(each, charges, _of_line(each, granted), card, currency) for each in granted
    )


def _of_line(dispute: KnownDispute, granted: Sequence[KnownDispute]) -> list[KnownDispute]:
    return [each for each in granted if each.line == dispute.line]


def _credit(
    dispute: KnownDispute,
    charges: Sequence[Charge],
    of_line: Sequence[KnownDispute],
    card: str,
    currency: str,
) -> Line:
    grant = dispute.grant
    assert grant is not None, "only what was granted is credited"
    told = (
        Input(name="dispute", value=dispute.dispute, fact_ids=dispute.fact_ids),
        Input(name="granted", value=str(grant.amount), fact_ids=(grant.fact_id,)),
    )
    line = [charge for charge in charges if charge.key == dispute.line]
    if problem := _problem(dispute, grant, line, of_line, currency):
        code, why = problem
        return Unpriced(
            charge=dispute.charge,
            problem=code,
            why=why,
            subject=credit_subject(dispute.dispute),
            inputs=told,
        )
    amount = -grant.amount
    return Charge(
        code=dispute.charge,
        subject=credit_subject(dispute.dispute),
        description=f"Credit agreed in dispute {dispute.dispute}",
        quantity=Decimal(1),
        unit="credit",
        rate=amount.amount,
        amount=amount,
        formula=f"{_in_words(dispute, grant)} = {money(amount.amount)}",
        inputs=told,
        rows=(),
        card=card,
        method=METHOD,
        unrounded=exact_text(Fraction(amount.amount)),
        rounding="half_up_1",
        clause=line[0].clause,
        of_dispute=dispute.dispute,
    )


def _in_words(dispute: KnownDispute, grant: Grant) -> str:
    claimed, granted = money(dispute.claimed.amount), money(grant.amount.amount)
    return (
        f"{granted} of {claimed} {grant.amount.currency} claimed in dispute {dispute.dispute} "
        f"of {dispute.line} ({dispute.reason}), granted by {grant.granted_by} as "
        f"{grant.authority} on {grant.granted_at.date().isoformat()}"
    )


def _problem(
    dispute: KnownDispute,
    grant: Grant,
    line: Sequence[Charge],
    of_line: Sequence[KnownDispute],
    currency: str,
) -> tuple[str, str] | None:
    """Why the credit cannot come off its line, if it cannot."""
    number = dispute.dispute
    if dispute.unclear:
        return "credit_without_line", dispute.unclear
    if not line:
        why = f"dispute {number} grants {grant.amount} of {dispute.line}, and there is no such line"
        return "credit_without_line", why
    if grant.amount.currency != currency:
        why = f"dispute {number} grants {grant.amount}, and {dispute.line} is billed in {currency}"
        return "credit_without_line", why
    granted = [each.grant.amount for each in of_line if each.grant]
    if any(amount.currency != currency for amount in granted):
        why = f"the credits granted of {dispute.line} are not all in {currency}"
        return "credit_without_line", why
    credited = total(granted, currency)
    billed = total((charge.amount for charge in line), currency)
    if credited.amount > billed.amount:
        why = f"{credited} is granted of {dispute.line}, which comes to {billed}"
        return "credit_exceeds_line", why
    return None
