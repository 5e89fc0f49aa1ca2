"""Corrected cards and contracts come into force, and what they touch is decided right away.

All other units of their customers are due, and decided when nothing critical waits; so are these,
should it end in between.
"""

from collections.abc import Iterable, Iterator

from app.judgement.decision import Decision
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House


def accept_correction(house: House, drafts: Drafts, units: Iterable[str]) -> Iterator[Decision]:
    """The decision of each of the units by the drafts, which are in force from the first one on.

    Raises:
        FileError: the drafts may not come into force, as `accept_editions`.
        EngineError: facts about a unit arrive faster than it can be decided.
    """
    accept_editions(house, drafts)
    for unit in units:
        yield decide_unit(house, unit).decision
