"""Units that are due are decided, a few at a time, by whichever process comes first.

Rows are taken, their units evaluated outside any write transaction, and the decisions stored in the
short transaction that removes the rows. Where a dossier has moved meanwhile nothing is stored, and
its row stays: what moved it may be spread to units that were decided before, and reach no other.
A process may die at any point, or two do the same: decisions are pure, so that doing one again is
harmless.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import msgspec

from app.decide import Concluded
from app.dossier import Dossier, Editions
from app.errors import DeploymentError
from app.evidence.correlation.links import followed, names_of
from app.evidence.facts.fact import Fact
from app.evidence.facts.reference import ReferenceKind, customer_key
from app.evidence.intake.feed import Lane
from app.infrastructure.storage.facts import SUPERSEDES
from app.infrastructure.storage.rows import Due, StoredDue
from app.infrastructure.storage.store import Store
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.decide_unit import evaluate
from app.operations.deciding.gather_dossier import (
    Neighbourhood,
    gather_dossier,
    neighbourhood,
)
from app.operations.deciding.keep_decision import (
    is_current,
    keep_decision,
    stored_decision,
    take_away,
    take_decision,
)
from app.operations.due_units import FACTS, LOOK_BACK, PRICES, due_spread, due_unit
from app.operations.house import House
from app.telemetry import DUE_FAILED, affair

AT_MOST = 8
"""Rows in one turn: enough to share a commit, few enough that nobody waits long for the next."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
STUCK_AFTER = 5
"""Attempts after which a person must look."""

ENGINE_FAILED = "ENGINE_FAILED"
_WITHDRAWN = f"{ReferenceKind.MESSAGE}:"
"""Begins the key of a message that is taken back."""

_log = logging.getLogger(__name__)
Take = Callable[[Store], tuple[StoredDue, ...]]


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What one turn did."""

    rows: int
    """Rows taken; none means that nothing waits."""
    changed: int = 0
    """Units whose current decision is another one now."""


class _Unit(msgspec.Struct, frozen=True, kw_only=True):
    """One unit of a turn: everything that is needed to decide it."""

    dossier: Dossier
    editions: Editions
    stored: Concluded | None
    current: bool
    correlation_id: str
    keys: frozenset[str]
    """Every number it goes by."""


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the units of a turn."""

    changed: int = 0
    moved: tuple[_Unit, ...] = ()
    """Units of which more is known by now; nothing was stored of them."""


def drain_due(house: House, lane: Lane, at_most: int = AT_MOST) -> Drained:
    """Decide what waits longest in the lane, every share in its turn.

    A row that cannot be decided takes no other with it: it is tried alone, later and later.
    """
    moment = house.now()
    try:
        return _turn(house, lambda store: store.due.next(lane, moment, at_most))
    except DeploymentError:
        raise  # the database does not answer: no row is to blame
    except Exception:  # noqa: BLE001  whatever it is, it must not stop the other rows
        _log.exception("a turn of the lane %s failed; its rows are tried one by one", lane)
    with house.database.turn(house.tenant) as turn, turn.taking() as store:
        rows = store.due.next(lane, moment, at_most)
    done = [_alone(house, row) for row in rows]
    return Drained(rows=len(rows), changed=sum(each.changed for each in done))


def something_waits(house: House, lane: Lane) -> bool:
    """Whether anything of the lane is due by now."""
    with house.database.reading(house.tenant) as store:
        return store.due.waits(lane, house.now())


def _alone(house: House, row: StoredDue) -> Drained:
    try:
        return _turn(house, lambda store: store.due.again(row.seq))
    except DeploymentError:
        raise
    except Exception as error:  # noqa: BLE001  kept with the row, which stays visible
        _log.exception("what is due for %s cannot be decided", ", ".join(row.keys))
        with house.database.writing(house.tenant) as store:
            _again_later(house, store, row, f"{type(error).__name__}: {error}")
        return Drained(rows=1)


def _again_later(house: House, store: Store, row: StoredDue, error: str) -> None:
    DUE_FAILED.inc()
    wait = min(FIRST_WAIT * 2 ** min(row.attempts, 20), LONGEST_WAIT)
    store.due.failed(row, error=error, again_at=house.now() + wait)


def _turn(house: House, take: Take) -> Drained:
    with house.database.turn(house.tenant) as turn:
        with turn.taking() as store:
            taken = take(store)
            spread = [row for row in taken if row.cause != FACTS]
            # A year of prices comes as a row for each; every unit is decided once for all of them.
            alike = store.due.alike(spread)
        if not taken:
            return Drained(rows=0)
        named = [row for row in taken if row.cause == FACTS]
        rows = (*taken, *alike)
        decided = _evaluated(house, named) if named else []
        unanswered = _rows_of(named, [unit for unit, (one, _) in decided if _failed(one)])
        if spread:
            _let_deciding_end(house)
        with turn.storing() as store:
            stored = _store(house, store, named, decided) if named else _Stored()
            for row in {(row.cause, row.keys): row for row in spread}.values():
                _spread(house, store, row)
            for row in unanswered:
                _again_later(house, store, row, ENGINE_FAILED)
            again = [*unanswered, *_rows_of(named, stored.moved)]
            done = [row for row in rows if row not in again]
            store.due.add(_of_taken_back(house, store, [row for row in done if row in named]))
            store.due.done(done)
    return Drained(rows=len(rows), changed=stored.changed)


def _rows_of(rows: list[StoredDue], units: Iterable[_Unit]) -> list[StoredDue]:
    """The rows that ask for one of the units; all, where one was reached by others' numbers."""
    found: dict[int, StoredDue] = {}
    for unit in units:
        naming = [row for row in rows if unit.keys.intersection(row.keys)]
        found |= {row.seq: row for row in naming or rows}
    return list(found.values())


def _evaluated(house: House, rows: list[StoredDue]) -> list[tuple[_Unit, tuple[Concluded, bytes]]]:
    with house.database.reading(house.tenant) as store:
        units = _units_of(store, rows)
    return [
        (unit, _evaluate(house, unit)) if unit.stored is None else (unit, (unit.stored, b""))
        for unit in units
        if not unit.current
    ]


def _evaluate(house: House, unit: _Unit) -> tuple[Concluded, bytes]:
    with affair(unit.correlation_id):
        return evaluate(house.in_affair(unit.correlation_id), unit.dossier, unit.editions)


def _failed(concluded: Concluded) -> bool:
    """Whether the engine gave no answer; it is asked again, or the unit would wait for ever."""
    return any(hold.code == ENGINE_FAILED for hold in concluded.decision.holds)


def _store(
    house: House,
    store: Store,
    rows: list[StoredDue],
    decided: list[tuple[_Unit, tuple[Concluded, bytes]]],
) -> _Stored:
    store.decisions.deciding(unit.dossier.unit for unit, _ in decided)
    near = neighbourhood(store, _keys(store, rows), None)
    acting = replace(house, correlation_id=rows[0].correlation_id)
    gone = store.decisions.standing(names_of(near.facts.values()) - near.correlation.units.keys())
    for name, decision_id in sorted(gone.items()):
        take_away(acting, store, name, decision_id)
    changed, moved = len(gone), []
    for unit, (concluded, answer) in decided:
        if _has_moved(store, near, unit.dossier):
            moved.append(unit)
        else:
            changed += _keep(house, store, unit, concluded, answer)
    return _Stored(changed=changed, moved=tuple(moved))


def _units_of(store: Store, rows: list[StoredDue]) -> list[_Unit]:
    near = neighbourhood(store, _keys(store, rows), None)
    affairs = {key: row.correlation_id for row in rows for key in row.keys}
    return [_unit(store, near, name, affairs) for name in sorted(near.correlation.units)]


def _unit(store: Store, near: Neighbourhood, name: str, affairs: dict[str, str]) -> _Unit:
    dossier = gather_dossier(store, name, near, None)
    stored = stored_decision(store, dossier.digest)
    own = frozenset(ref.key for each in dossier.facts for ref in each.fact.references)
    return _Unit(
        dossier=dossier,
        editions=editions_by_digest(store, dossier.editions),
        stored=stored,
        current=stored is not None and is_current(store, stored.decision),
        correlation_id=next((affairs[key] for key in affairs if key in own), ""),
        keys=own,
    )


def _keys(store: Store, rows: Iterable[StoredDue]) -> set[str]:
    """The numbers to start from; a correction also starts from what it corrects."""
    keys = {key for row in rows for key in row.keys}
    return keys | {key for fact in _corrected(store, keys) for key in followed(fact)}


def _corrected(store: Store, keys: Iterable[str]) -> Collection[Fact]:
    """What facts with these keys say they take the place of."""
    corrected = [key.removeprefix(SUPERSEDES) for key in keys if key.startswith(SUPERSEDES)]
    return store.facts.by_id(corrected).values()


def _of_taken_back(house: House, store: Store, rows: list[StoredDue]) -> Iterator[Due]:
    """What was said of many units and was taken back or corrected is spread, as it was before."""
    for row in rows:
        withdrawing = store.facts.naming([key for key in row.keys if key.startswith(_WITHDRAWN)])
        withdrawn = store.facts.withdrawn_by(withdrawing.values())
        taken_back = (*_corrected(store, row.keys), *withdrawn.values())
        yield from due_spread(
            taken_back,
            share=row.share,
            correlation_id=row.correlation_id,
            moment=house.now(),
            taken_back=True,
        )


def _has_moved(store: Store, near: Neighbourhood, dossier: Dossier) -> bool:
    if dossier.unit not in near.correlation.units:
        return True
    return gather_dossier(store, dossier.unit, near, None).digest != dossier.digest


def _keep(house: House, store: Store, unit: _Unit, concluded: Concluded, answer: bytes) -> bool:
    acting = replace(house, correlation_id=unit.correlation_id)
    if unit.stored is None:
        keep_decision(acting, store, unit.dossier, concluded, answer)
    return take_decision(acting, store, concluded.decision)


def _let_deciding_end(house: House) -> None:
    """Nothing is spread past a unit whose first decision is being stored without knowing of it."""
    with house.database.writing(house.tenant) as store:
        store.decisions.let_deciding_end()


def _spread(house: House, store: Store, row: StoredDue) -> None:
    """Every unit that is not billed yet, or those of the customers named, each by itself.

    Without customers they are everybody's. Where prices changed, also what was billed by the old
    ones, as long as anybody may come back to it.
    """
    moment = house.now()
    billed_since = moment - LOOK_BACK if row.cause == PRICES else None
    store.due.add(
        due_unit(unit, customer, correlation_id=row.correlation_id, moment=moment)
        for unit, customer in store.decisions.not_released(billed_since)
        if not row.keys or customer_key(customer) in row.keys
    )
