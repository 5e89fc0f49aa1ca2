"""A rated unit explained to somebody on the phone: sentences in the order of the calculation.

They are made from the working alone, its formula and its inputs, so that nothing is told that
did not go into the price. A step of a formula that has no sentence of its own is read out as it
stands.
"""

import re
from collections.abc import Callable, Iterator

from app.pricing.rating.charge import Charge, Excluded, Input, Rated, Unpriced

NUMBER = r"-?[\d,]+(?:\.\d+)?(?:\.\.\.)?"

STEPS: tuple[tuple[str, str], ...] = (
    (
        rf"({NUMBER} \w+) rated as ({NUMBER} \w+) \(deficit [^)]*\): ",
        r"Your shipment weighs \1. It is cheaper billed as \2, because a lower rate begins there.",
    ),
    (
        rf"({NUMBER}) min less ({NUMBER}) free = ({NUMBER}) min, ",
        r"The truck stood for \1 minutes; \2 of them are free, and \3 are left.",
    ),
    (
        rf"({NUMBER}) less ({NUMBER}) included: ",
        r"Of \1 there are \2 included in the price already.",
    ),
    (
        rf"({NUMBER}%) of ([\w ]+?) ({NUMBER})(?= =|,|$)",
        r"It is \1 of the \2, which is \3.",
    ),
    (
        rf"((?:{NUMBER})(?: [a-z]+)?(?: x {NUMBER}(?: [a-z]+)?)+)",
        r"That is \1.",
    ),
    (rf",? ?= ({NUMBER}), rounded ({NUMBER})", r"It comes to \1, rounded to \2."),
    (rf",? ?= ({NUMBER})", r"It comes to \1."),
    (rf", less ({NUMBER}%)", r"The discount of \1 is taken off."),
    (
        rf", raised to the minimum ({NUMBER})",
        r"That is below the minimum, so the minimum of \1 counts.",
    ),
    (rf", capped at ({NUMBER})", r"That is above the most that is charged, so \1 counts."),
    (
        rf" for the load; of it ({NUMBER}) of ({NUMBER}) (\w+)",
        r"That is for the whole load; your part of it is \1 of \2 \3.",
    ),
)
"""The steps of a formula and how each is said; the first that fits is taken."""

_COMPILED = tuple((re.compile(pattern), said) for pattern, said in STEPS)


def rating_in_words(rated: Rated) -> Iterator[str]:
    """The whole price in plain sentences, a line for each charge and one for the total."""
    for charge in rated.charges:
        yield " ".join(_charge(charge))
    for missing in rated.unpriced:
        yield _unpriced(missing)
    for excluded in rated.excluded:
        yield _excluded(excluded)
    if rated.total is None:
        yield "There is no total."
    elif rated.unpriced:
        yield f"Together that is {rated.total} so far; what has no price yet comes on top."
    else:
        yield f"Together that is {rated.total}."


def _charge(charge: Charge) -> Iterator[str]:
    yield f"{_title(charge.description, charge.subject)} costs {charge.amount}."
    for each in charge.inputs:
        if (said := _input(each)) and not charge.formula.startswith(_weight_already_said(each)):
            yield said
    yield from said_formula(charge.formula)
    for rejected in charge.rejected:
        yield f"We also looked at {rejected}."
    for row in charge.rows:
        yield f"The price is in row {row.row} of the price list, valid from {row.effective_from}."
    if charge.clause:
        yield f"It was agreed in {charge.clause}."


def said_formula(formula: str) -> tuple[str, ...]:
    """The formula, step by step; what is not understood is read out word by word."""
    sentences: list[str] = []
    rest, unread = formula, ""
    while rest:
        step, length = _step(rest)
        if step is None:
            unread, rest = unread + rest[0], rest[1:]
            continue
        sentences.extend(_read_out(unread))
        sentences.append(step)
        unread, rest = "", rest[length:]
    return (*sentences, *_read_out(unread))


def _step(text: str) -> tuple[str | None, int]:
    for pattern, said in _COMPILED:
        if found := pattern.match(text):
            return _spoken(found.expand(said)), found.end()
    # A word or number is read as a whole, never from its middle.
    return None, 0


def _read_out(text: str) -> Iterator[str]:
    bare = text.strip(" ,;:")
    if bare:
        yield f"{bare[0].upper()}{bare[1:]}."


def _spoken(sentence: str) -> str:
    return sentence.replace(" x ", " times ").replace(" cwt", " hundredweight")


def _weight_already_said(told: Input) -> str:
    """How a formula begins that says the weight itself."""
    return f"{told.value} rated as" if told.name == "weight" else "\0"


INPUTS: dict[str, Callable[[str], str]] = {
    "weight": lambda value: f"Your shipment weighs {value}.",
    "distance": lambda value: f"The distance is {value}.",
    "distance of the load": lambda value: f"The distance of the whole load is {value}.",
    "rate date": lambda value: (
        f"The prices of {value.replace('(', 'count, the day of ', 1)}"[:-1] + "."
    ),
}


def _input(told: Input) -> str:
    """One value as a sentence; the base of a percentage is said by its formula."""
    if not told.fact_ids:
        return ""
    named = INPUTS.get(told.name)
    return named(told.value) if named else f"We take {told.name}: {told.value}."


def _unpriced(missing: Unpriced) -> str:
    return f"{_title(missing.charge, missing.subject)} has no price yet: {missing.why}."


def _excluded(excluded: Excluded) -> str:
    title = _title(excluded.charge, excluded.subject)
    return f"{title} is not charged, although it would be {excluded.amount}: {excluded.why}."


def _title(charge: str, subject: str) -> str:
    words = charge.replace("_", " ")
    named = f"{words[:1].upper()}{words[1:]}"
    return f"{named} ({subject})" if subject else named
