"""Money that is decided and not billed, by the day until which it has to be."""

from collections.abc import Iterator
from datetime import UTC
from itertools import chain

import msgspec

from app.errors import wrong_request
from app.explanation.at_risk import By, ValueAtRisk, at_risk
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.operations.house import House


def value_at_risk(house: House, customer: str = "", by: str = By.DAY) -> ValueAtRisk:
    """What runs out when, of one customer or of all.

    Raises:
        RequestError: days cannot be taken together like that.
    """
    if by not in set(By):
        raise wrong_request("by", f"{by[:40]!a} is no span of days", ", ".join(By))
    on = house.now().astimezone(UTC).date()
    with house.database.reading(house.tenant) as store:
        return at_risk(_open(store, customer), on, By(by))


def _open(store: Store, customer: str) -> Iterator[Decision]:
    current = (store.decisions.current(not_released=True), store.decisions.current_billed())
    for row in chain.from_iterable(current):
        if customer in {"", row.customer}:
            yield msgspec.json.decode(row.body, type=Decision)
