"""Money that is decided and not billed, by the day until which it has to be.

A batch closes here when it does on the board: it is asked where the unit stands, and where that is
not noted yet it is worked out in the same way.
"""

from collections.abc import Iterator
from itertools import chain, islice

import msgspec

from app.dossier import Dossier
from app.errors import wrong_request
from app.explanation.at_risk import By, Closings, ValueAtRisk, at_risk
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision, Runs
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.house import House
from app.reports.standing.cutoff import closings_in
from app.reports.standing.standing import Standing

AT_ONCE = 500
"""Decisions in memory."""


def value_at_risk(house: House, customer: str = "", by: str = By.DAY) -> ValueAtRisk:
    """What runs out when, of one customer or of all.

    Raises:
        RequestError: days cannot be taken together like that.
    """
    if by not in set(By):
        raise wrong_request("by", f"{by[:40]!a} is no span of days", ", ".join(By))
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        return at_risk(_with_closings(store, customer), moment, By(by))


def _with_closings(store: Store, customer: str) -> Iterator[tuple[Decision, Closings]]:
    decisions = _open(store, customer)
    while some := tuple(islice(decisions, AT_ONCE)):
        stand = store.standings.standing_of({each.unit for each in some})
        for decision in some:
            yield decision, _closings(store, decision, stand.get(decision.unit))


def _closings(store: Store, decision: Decision, standing: Standing | None) -> Closings:
    """As noted, or by the contract by which was decided where not all of its days are noted."""
    days = {each.last_day for each in decision.clocks if each.runs is Runs.CUTOFF}
    if not days:
        return {}
    if standing and standing.decision_id == decision.decision_id:
        on, at = standing.cutoff_on, standing.cutoff_at
        if on and at and days == {on}:
            return {on: at}
    dossier = msgspec.json.decode(store.decisions.dossier(decision.dossier), type=Dossier)
    return closings_in(decision, editions_by_digest(store, dossier.editions).contract)


def _open(store: Store, customer: str) -> Iterator[Decision]:
    current = (store.decisions.current(not_released=True), store.decisions.current_billed())
    for row in chain.from_iterable(current):
        if customer in {"", row.customer}:
            yield msgspec.json.decode(row.body, type=Decision)
