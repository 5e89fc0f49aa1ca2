"""What a `provisional` document says beside its conditions: which holds, how much, how long.

How much is billed is a rule of its own (`bills`): the estimate as it stands, a part of it, what
the carrier costs and a margin, or the last price that was known; each may have a ceiling.
"""

import re
from decimal import Decimal

from app.authoring.files.located_yaml import Scalar
from app.authoring.files.typed_fields import Fields, Notes
from app.judgement.rulebook.model import (
    COST_PLUS,
    FULL_ESTIMATE,
    LAST_KNOWN,
    PERCENT_OF_ESTIMATE,
    HoldKind,
    ProvisionalTerms,
)
from app.money import Money, rounded_half_up

ON_EXPIRY = ("escalate", "credit in full", "final at estimate")
BILLS = (FULL_ESTIMATE, "90 % of the estimate", "cost plus 12 %", LAST_KNOWN)
"""How each amount rule is written; the percentages are examples."""
BILLS_PATTERN = (
    rf"^({FULL_ESTIMATE}|{LAST_KNOWN}|\d+(\.\d+)? ?% of the estimate|cost plus \d+(\.\d+)? ?%)$"
)
DAYS_PATTERN = r"^\d+ days$"

_part = re.compile(r"(\d+(?:\.\d+)?) ?% of the estimate")
_plus = re.compile(r"cost plus (\d+(?:\.\d+)?) ?%")


def terms_in(fields: Fields, holds: dict[str, HoldKind]) -> ProvisionalTerms | None:
    """The terms of one document, or None where what it cannot do without is missing."""
    notes = fields.notes
    waives = fields.words("waives")
    for code in waives:
        if code.text not in holds:
            notes.wrong_word(code, "hold", holds)
        elif not holds[code.text].waivable:
            notes.add(code.place, f"{code.text} can never be waived (see holds.yaml)")
    up_to, exposure = fields.money("up to"), fields.money("exposure up to")
    after = _days(fields, "expires after", needed=True)
    oldest = _days(fields, "no older open than", needed=False)
    on_expiry = fields.word("on expiry", ON_EXPIRY)
    bills, percent = _bills(fields.scalar("bills", needed=False), notes)
    most = _most(fields, up_to)
    if not waives or up_to is None or exposure is None:
        notes.add(fields.place, "a provisional needs `waives`, `up to`, `exposure up to`")
        return None
    return ProvisionalTerms(
        waives=tuple(code.text for code in waives),
        up_to=up_to,
        exposure_up_to=exposure,
        expires_after_days=after or 0,
        on_expiry=on_expiry,
        bills=bills,
        percent=percent,
        not_to_exceed=most,
        oldest_open_days=oldest,
    )


def _days(fields: Fields, key: str, *, needed: bool) -> int | None:
    """`14 days`."""
    scalar = fields.scalar(key, needed=needed)
    if scalar is None:
        return None
    words = scalar.text.split()
    if not (len(words) == 2 and words[0].isdecimal() and words[1] == "days"):
        fields.notes.add(scalar.place, f"`{key}` is a number of days", "14 days")
        return None
    return int(words[0])


def _bills(scalar: Scalar | None, notes: Notes) -> tuple[str, str]:
    """The amount rule and its percentage; without a word the estimate is billed as it stands."""
    if scalar is None:
        return FULL_ESTIMATE, ""
    text = " ".join(scalar.text.split())
    if text in {FULL_ESTIMATE, LAST_KNOWN}:
        return text, ""
    if plus := _plus.fullmatch(text):
        return COST_PLUS, plus[1]
    if part := _part.fullmatch(text):
        if not 0 < Decimal(part[1]) < 100:
            notes.add(
                scalar.place,
                f"{part[1]} % is no part of the estimate",
                "more than 0 and less than 100 %",
                f"all of it is `{FULL_ESTIMATE}`",
            )
        return PERCENT_OF_ESTIMATE, part[1]
    notes.wrong_word(Scalar(text, scalar.place), "amount that a provisional bills", BILLS)
    return FULL_ESTIMATE, ""


def _most(fields: Fields, up_to: Money | None) -> Money | None:
    """The ceiling of what is billed: an amount that can be paid, in the currency of the limits."""
    scalar, most = fields.scalar("not to exceed", needed=False), fields.money("not to exceed")
    if scalar is None or most is None:
        return None
    if most.amount <= 0 or rounded_half_up(most.amount, most.currency) != most:
        fields.notes.add(
            scalar.place,
            f"{scalar.text!r} is no amount that an invoice can come to",
            "more than nothing, to the cent, for example 1,200.00 USD",
        )
        return None
    if up_to is not None and most.currency != up_to.currency:
        fields.notes.add(
            scalar.place,
            f"`not to exceed` is in {most.currency} and `up to` in {up_to.currency}",
            up_to.currency,
            "give all amounts of the document in the currency of the invoice",
        )
        return None
    return most
