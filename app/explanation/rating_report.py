"""A rated unit with its whole working as plain lines of text, whoever it was rated for."""

from collections.abc import Iterator, Mapping

from app.pricing.lines.charge import Charge, Excluded, Input, Rated, RowUsed, Unpriced

Sources = Mapping[str, str]
"""Who told a fact, by the fact's id."""


def rating_report(rated: Rated, sources: Sources) -> Iterator[str]:
    """Every line with its working, what has no price, what is excluded, and the total."""
    for charge in rated.charges:
        yield from _charge(charge, sources)
    for missing in rated.unpriced:
        yield from _unpriced(missing, sources)
    for excluded in rated.excluded:
        yield from _excluded(excluded, sources)
    yield total_line(rated)


def total_line(rated: Rated) -> str:
    """The sum, and never without saying what is missing from it."""
    if rated.total is None or any(each.charge == "all" for each in rated.unpriced):
        return "total: none, nothing has a price"
    without = f", without {_names(rated.unpriced)} (no price)" if rated.unpriced else ""
    return f"total: {rated.total}{without}"


def _charge(charge: Charge, sources: Sources) -> Iterator[str]:
    yield f"{_named(charge.description, charge.subject)}: {charge.amount}"
    yield f"    {charge.formula}"
    yield f"    {charge.clause or 'no clause is named'} ({charge.card}; {charge.method})"
    yield from _rows(charge.rows)
    yield from _inputs(charge.inputs, sources)
    for rejected in charge.rejected:
        yield f"    rejected: {rejected}"


def _unpriced(missing: Unpriced, sources: Sources) -> Iterator[str]:
    yield f"{_named(missing.charge, missing.subject)}: no price ({missing.problem})"
    yield f"    {missing.why}"
    yield from _rows(missing.rows)
    yield from _inputs(missing.inputs, sources)


def _excluded(excluded: Excluded, sources: Sources) -> Iterator[str]:
    yield f"{_named(excluded.charge, excluded.subject)}: excluded, would be {excluded.amount}"
    yield f"    {excluded.why}"
    yield from _inputs(excluded.inputs, sources)


def _rows(rows: tuple[RowUsed, ...]) -> Iterator[str]:
    for row in rows:
        since = f"counts from {row.effective_from}, known from {row.known_from}"
        yield f"    row {row.row} of {row.table}:{row.line}, {since}"


def _inputs(inputs: tuple[Input, ...], sources: Sources) -> Iterator[str]:
    for each in inputs:
        told = dict.fromkeys(sources[fact] for fact in each.fact_ids if fact in sources)
        yield f"    {each.name}: {each.value}{''.join(f'   <- {source}' for source in told)}"


def _named(charge: str, subject: str) -> str:
    return f"{charge} {subject}".strip()


def _names(missing: tuple[Unpriced, ...]) -> str:
    return " and ".join(dict.fromkeys(_named(each.charge, each.subject) for each in missing))
