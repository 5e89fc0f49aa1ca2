"""Where units stand is worked out anew for those to which something has happened."""

import logging
from collections.abc import Iterator, Mapping
from functools import partial

import msgspec

from app.dossier import Dossier
from app.errors import DeploymentError
from app.evidence.correlation.in_force import in_force
from app.evidence.correlation.links import Strength, reference_of
from app.evidence.correlation.unit import unit_of
from app.evidence.facts.fact import Fact
from app.evidence.facts.work import Assignment
from app.infrastructure.storage.rows import Release, Taken
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.family_of import document_of
from app.operations.house import House
from app.reports.standing.history import DecisionTook, DocumentClaimed, FactReceived, History
from app.reports.standing.standing import Standing
from app.reports.standing.standing_of import stands
from app.telemetry import SHIPMENT_TO_BILL

AT_ONCE = 8
"""Units in one transaction: few, as in SQLite nobody else writes meanwhile."""
RANKED_AT_ONCE = 200
ITS_OWN = (Strength.NAMED, Strength.CLAIMED)
"""Facts that stand for the unit; what it shares with a customer, a load or stock is older."""

_log = logging.getLogger(__name__)


def catch_up(house: House) -> int:
    """Make the rows of every unit to which something has happened by now; how many were made.

    Those whose rows cannot be made have gone to the end of the queue, behind all that waits now.
    """
    last, made = _span(house)[1], 0
    while 0 < _span(house)[0] <= last:
        made += keep_standings(house)
    return made


def _span(house: House) -> tuple[int, int]:
    with house.database.reading(house.tenant) as store:
        return store.standings.span_due()


def keep_standings(house: House) -> int:
    """Make the rows of a few units; nothing means that none waits, or none that can be made.

    A unit whose rows cannot be made takes no other with it: it goes to the end of the queue, and
    the log says why.
    """
    with house.database.reading(house.tenant) as store:
        due = store.standings.next_due(AT_ONCE)
    if not due:
        return 0
    try:
        _make(house, due)
    except DeploymentError:
        raise  # the database does not answer: no unit is to blame
    except Exception:  # noqa: BLE001  whatever it is, it must not stop the other units
        _log.exception("where units stand cannot be noted; they are tried one by one")
        return sum(_alone(house, unit, places) for unit, places in due.items())
    return len(due)


def keep_standing_of(house: House, unit: str) -> None:
    """Make the rows of one unit, for whoever has just acted on it; others wait for their turn."""
    with house.database.reading(house.tenant) as store:
        places = store.standings.due_of(unit)
    _alone(house, unit, places)


def _alone(house: House, unit: str, places: tuple[int, ...]) -> int:
    try:
        _make(house, {unit: places})
    except DeploymentError:
        raise
    except Exception:  # noqa: BLE001  it is said, and tried again after all others
        _log.exception("where %s stands cannot be noted", unit)
        with house.database.writing(house.tenant) as store:
            store.standings.made(places)
            store.standings.due([unit])
        return 0
    return 1


def _make(house: House, due: Mapping[str, tuple[int, ...]]) -> None:
    """Make the rows of these units of what is stored now, whoever else is at it."""
    moment = house.now()
    units = sorted(due)
    with house.database.writing(house.tenant) as store:
        store.standings.making(units)
        before = store.standings.standing_of(units)
        for unit in units:
            made = stands(history_of(store, unit))
            store.standings.replace(unit, made, moment)
            store.once_stored(partial(observe_shipment_to_bill, before.get(unit), made.standing))
        store.standings.made([place for places in due.values() for place in places])


def observe_shipment_to_bill(before: Standing | None, now: Standing | None) -> None:
    """Count how long it took to bill, the first time that it is known."""
    if now is None or now.final_at is None or now.completed_at is None:
        return
    if now.excluded and now.claimed_at is None:
        return  # what was billed is counted whatever came after, as the KPI does
    if before is None or before.final_at is None:
        SHIPMENT_TO_BILL.observe((now.final_at - now.completed_at).total_seconds())


def rank_holds_anew(house: House) -> int:
    """Rank a few open holds whose rank holds no more; nothing means that all do.

    A rank changes with the day, when a batch comes near and when it closes: in the order of work a
    hold is late by as long as the loop that calls this rests.
    """
    moment = house.now()
    with house.database.reading(house.tenant) as store:
        if not store.standings.ranked_before(moment):
            return 0
    with house.database.writing(house.tenant) as store:
        return store.standings.rank_anew(moment, RANKED_AT_ONCE)


def history_of(store: Store, unit: str) -> History:
    """Everything that happened to a unit that was decided."""
    taken = tuple(_took(store, each) for each in store.decisions.taken_of(unit) if _is_now(each))
    last = taken[-1]
    body = store.decisions.dossier(last.decision.dossier)
    dossier = msgspec.json.decode(body, type=Dossier)
    editions = editions_by_digest(store, dossier.editions)
    facts = [linked.fact for linked in dossier.facts]
    own = [linked.fact for linked in dossier.facts if linked.strength in ITS_OWN]
    return History(
        unit=unit_of(unit, facts, editions.authority),
        contract=editions.contract,
        facts=tuple(_received(store, [*own, *_noted(store, unit)])),
        rules=dossier.editions.rules,
        taken=taken,
        billed=tuple(_claimed(store, each) for each in store.releases.of_unit(unit)),
        known_documents=len(dossier.family),
    )


def _noted(store: Store, unit: str) -> list[Fact]:
    """What people noted about their work on the unit, which no decision sees."""
    named = store.facts.naming([reference_of(unit).key])
    named |= store.facts.correcting(named)
    return [fact for fact in in_force(named.values()) if isinstance(fact.said, Assignment)]


def _is_now(taken: Taken) -> bool:
    """What would have been decided once is no part of what happened."""
    return taken.known_at is None


def _received(store: Store, facts: list[Fact]) -> Iterator[FactReceived]:
    """Each fact, and when the first word of it came, whatever corrected it since."""
    chains = _earlier(store, facts)
    ids = {each for chain in chains.values() for each in chain}
    messages = store.messages.of_facts(list(ids))
    for fact in facts:
        yield FactReceived(fact, min(messages[each].received_at for each in chains[fact.fact_id]))


def _earlier(store: Store, facts: list[Fact]) -> dict[str, tuple[str, ...]]:
    """The ids of each fact and of those of the same source that it took the place of."""
    known = {fact.fact_id: fact for fact in facts}
    wanted = {fact.supersedes for fact in facts if fact.supersedes} - known.keys()
    while wanted:
        found = store.facts.by_id(wanted)
        known |= found
        wanted = {fact.supersedes for fact in found.values() if fact.supersedes} - known.keys()
    return {fact.fact_id: tuple(_chain(fact, known)) for fact in facts}


def _chain(fact: Fact, known: Mapping[str, Fact]) -> Iterator[str]:
    yield fact.fact_id
    before = known.get(fact.supersedes or "")
    while before is not None and _teller(before) == _teller(fact):
        yield before.fact_id
        before = known.get(before.supersedes or "")


def _teller(fact: Fact) -> tuple[str, str]:
    """Whose word it is; nobody corrects what somebody else said."""
    return fact.source.system, fact.source.instance


def _took(store: Store, taken: Taken) -> DecisionTook:
    row = store.decisions.decision(taken.decision_id)
    return DecisionTook(
        decision=msgspec.json.decode(row.body, type=Decision),
        at=taken.taken_at,
        correlation_id=taken.correlation_id,
        gone=bool(taken.gone),
    )


def _claimed(store: Store, release: Release) -> DocumentClaimed:
    invoice = store.invoices.of_release(release.release_id)
    return DocumentClaimed(
        document=document_of(store, release),
        number=invoice.number if invoice else "",
        invoiced_at=invoice.at if invoice else None,
        settled_at=release.settled_at,
    )
