"""A rated unit explained to somebody on the phone: sentences in the order of the calculation.

They are made from the working alone, its formula and its inputs, so that nothing is told that
did not go into the price. A step of a formula that has no sentence of its own is read out as it
stands.
"""

import re
from collections.abc import Iterator

from app.pricing.lines.charge import Charge, Excluded, Input, Rated, Unpriced

NUMBER = r"-?\d+(?:,\d{3})*(?:\.\d+)?(?:\.\.\.)?"

END = r"(?= = |, | for the load; |$)"
"""Where a step of a formula ends."""

STEPS = tuple(
    # Written like a replacement, and made one that is not read again for each step.
    (re.compile(pattern), re.sub(r"\\(\d)", r"{\1}", said))
    for pattern, said in (
        (
            rf"({NUMBER} \w+) rated as ({NUMBER} \w+) \(deficit ({NUMBER} \w+)\): ",
            r"Your shipment weighs \1. It is cheaper billed as \2, which is \3 more.",
        ),
        (
            rf"({NUMBER}) min less ({NUMBER}) free = ({NUMBER}) min, ",
            r"The truck stood for \1 minutes; \2 of them are free, and \3 are left.",
        ),
        (
            rf"({NUMBER}) less ({NUMBER}) included: ",
            r"Of \1 there are \2 included in the price already.",
        ),
        (rf"({NUMBER}%) of ([\w ]+?) ({NUMBER}){END}", r"It is \1 of the \2, which is \3."),
        (rf"({NUMBER}(?: \w+)?(?: x {NUMBER}(?: \w+)?)+){END}", r"That is \1."),
        (rf",? = ({NUMBER}), rounded ({NUMBER}){END}", r"It comes to \1, rounded to \2."),
        (rf",? = ({NUMBER}){END}", r"It comes to \1."),
        (rf", less ({NUMBER}%){END}", r"The discount of \1 is taken off."),
        (
            rf", raised to the minimum ({NUMBER}){END}",
            r"That is below the minimum, so the minimum of \1 counts.",
        ),
        (
            rf", capped at ({NUMBER}){END}",
            r"That is above the most that is charged, so \1 counts.",
        ),
        (
            rf" for the load; of it ({NUMBER}) of ({NUMBER}) (\w+){END}",
            r"That is for the whole load; your part of it is \1 of \2 \3.",
        ),
    )
)
"""The steps of a formula and how each is said; the first that fits is taken."""

BREAK = re.compile(r": |(?= = )|(?=, )|(?= for the load; )")
"""Where a step that is not understood may end; numbers have no blank after their commas."""

REJECTED = re.compile(
    rf"\w+: ({NUMBER}) x ({NUMBER}) = ({NUMBER})(?:, less ({NUMBER}%) = ({NUMBER}))?; (.*)"
)


def rating_in_words(rated: Rated) -> Iterator[str]:
    """The whole price, a sentence a line; what goes into several charges is said once."""
    told: set[str] = set()
    for charge in rated.charges:
        yield f"{_title(charge.description, charge.subject)}: {charge.amount}."
        for sentence in _charge(charge):
            if sentence not in told:
                yield f"  {sentence}"
        told.update(map(_input, charge.inputs))
    for missing in rated.unpriced:
        yield _unpriced(missing)
    for excluded in rated.excluded:
        yield _excluded(excluded)
    if rated.total is None or any(each.charge == "all" for each in rated.unpriced):
        yield "There is no total."
    elif rated.unpriced:
        yield f"Together that is {rated.total} so far; what has no price yet comes on top."
    else:
        yield f"Together that is {rated.total}."


def _charge(charge: Charge) -> Iterator[str]:
    for each in sorted(charge.inputs, key=lambda each: each.name != "rate date"):
        if (said := _input(each)) and not charge.formula.startswith(f"{each.value} rated as"):
            yield said
    yield from said_formula(charge.formula)
    for rejected in charge.rejected:
        yield _rejected(rejected)
    for row in charge.rows:
        yield f"This is row {row.row} of our price list, valid from {row.effective_from}."
    if charge.clause:
        yield f"It was agreed in {charge.clause}."


def said_formula(formula: str) -> tuple[str, ...]:
    """The formula, step by step; a step that is not understood is read out as it stands."""
    sentences: list[str] = []
    rest = formula
    while rest:
        said, length = _step(rest)
        sentences.extend(said)
        rest = rest[length:]
    return tuple(sentences)


def _step(text: str) -> tuple[tuple[str, ...], int]:
    """What the first step says, and how long it is."""
    # A comma belongs to the step that begins with it, or ends the one before.
    for begins in (0, 2) if text.startswith(", ") else (0,):
        for pattern, said in STEPS:
            if found := pattern.match(text, begins):
                return (_spoken(said.format(found[0], *found.groups(""))),), found.end()
    end = BREAK.search(text, 1)
    length = end.end() if end else len(text)
    bare = text[:length].strip(" ,;:=")
    return (f"{bare[:1].upper()}{bare[1:]}.",) if bare else (), length


def _rejected(text: str) -> str:
    """`1M: 18.00 x 58.21 = 1,047.78, less 70% = 314.334; dearer by 17.994 after discount`."""
    found = REJECTED.fullmatch(text)
    if found is None:
        return f"We also looked at {text}."
    quantity, rate, gross, discount, net, verdict = found.groups()
    less = f", and {net} after the discount of {discount}" if discount else ""
    return f"At {quantity} times {rate} it would be {gross}{less}: {verdict}."


def _spoken(sentence: str) -> str:
    return sentence.replace(" x ", " times ").replace(" cwt", " hundredweight")


DATED = re.compile(r"(\S+) \((.*)\)")


def _input(told: Input) -> str:
    """One value as a sentence; the base of a percentage is said by its formula."""
    if not told.fact_ids:
        return ""
    dated = DATED.fullmatch(told.value)
    if told.name == "rate date" and dated:
        return f"The prices of {dated[1]} count, the day of {dated[2]}."
    if told.name == "weight":
        return f"Your shipment weighs {told.value}."
    if told.name.startswith("distance"):
        return f"The {told.name} is {told.value}."
    return f"We take {told.name}: {told.value}."


def _unpriced(missing: Unpriced) -> str:
    return f"{_title(missing.charge, missing.subject)} has no price yet: {missing.why}."


def _excluded(excluded: Excluded) -> str:
    title = _title(excluded.charge, excluded.subject)
    return f"{title} is not charged, although it would be {excluded.amount}: {excluded.why}."


def _title(charge: str, subject: str) -> str:
    words = charge.replace("_", " ")
    named = f"{words[:1].upper()}{words[1:]}"
    return f"{named} ({subject})" if subject else named
