"""Every flaw of a card names a charge of it and a column or term that is there."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from app.authoring.files.card_files import draft_from
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.rating.card import RateCard
from app.pricing.rating.proof import flaws_of
from tests.kept import as_kept
from tests.unit.pricing.test_money_cases import CASES, Case


def refused_cases() -> list[Any]:
    """The cases of all files whose cards are refused and stand in the case itself."""
    return [
        pytest.param(case, id=f"{file.stem}: {case['case']}")
        for file in sorted(CASES.glob("*.yaml"))
        for case in yaml.load_all(file.read_text(encoding="utf-8"), yaml.BaseLoader)
        if "refused" in case and not isinstance(case["card"], str)
    ]


@pytest.mark.parametrize("case", refused_cases())
def test_a_flaw_names_the_charge_and_the_cell_in_which_it_is(case: Case) -> None:
    card = drafted(case)
    found = flaws_of(card) if card is not None else ()
    for flaw in found:
        assert card is not None, "only a card has flaws"
        assert flaw.what
        assert flaw.charge in {"", *(term.charge for term in card.charges)}
        assert not flaw.field or flaw.field in set(fields(card, flaw)), flaw
    as_kept([told(flaw) for flaw in found])


def drafted(case: Case) -> RateCard | None:
    """None where not even the head of the card can be read."""
    files = {"card.yaml": yaml.safe_dump(case["card"]), **case.get("tables", {})}
    card, _ = draft_from("case", files.__getitem__)
    return card


def fields(card: RateCard, flaw: Flaw) -> Iterator[str]:
    """The names that a flaw may give: columns of its row, else terms of its charge or card."""
    terms = [term for term in card.charges if term.charge == flaw.charge]
    if flaw.row is not None:
        for term in terms:
            yield from columns(term, flaw.row)
        return
    yield from card.__struct_fields__
    for term in terms:
        yield from term.__struct_fields__


def columns(term: Term, row: Row) -> Iterator[str]:
    """Its fields, and a column for each break, band or key of the charge."""
    named_by = getattr(row, "NAMED_BY", {})
    for field in row.__struct_fields__:
        yield field
        pattern = getattr(row, "COLUMNS", {}).get(field, "{}")
        yield from (pattern.format(name) for name in getattr(term, named_by.get(field, ""), ()))


def told(flaw: Flaw) -> dict[str, Any]:
    """All that it says, its row by table and line."""
    said = {name: getattr(flaw, name) for name in flaw.__struct_fields__}
    where = f"{flaw.row.table}:{flaw.row.line}" if flaw.row is not None else ""
    values = {**said, "row": where, "allowed": list(flaw.allowed)}
    return {name: value for name, value in values.items() if value}
