"""One unit, one release: what competes between units is settled here, one customer at a time.

A claim says which decision its holder has seen. Facts that came since are looked at first, outside
any lock: where they change no money, the release is claimed under the decision they give; where
they do, the claim is refused and told what has changed. Inside the lock only three things are
asked: has the unit a release, has its dossier moved again, and does the customer keep to its limit.
"""

from datetime import datetime, timedelta

import msgspec

from app.billing.billed_money import changed_money, release_id_of
from app.billing.release_token import decision_in, may_be_claimed, must_belong, release_token
from app.dossier import Dossier
from app.errors import (
    ConflictError,
    EngineError,
    LimitReachedError,
    NotFoundError,
    StaleDecisionError,
)
from app.evidence.correlation.links import names_of
from app.explanation.overtaken import bill_to_changed, told_changes
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit, dossier_of
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House
from app.operations.releasing.release_claimed import claimed_event

TRIES = 5
"""How often a unit is decided anew because facts about it came while it was claimed."""


def claim_by_token(house: House, token: str) -> Release:
    """Claim what the decision of a token permits; the same token again is the same release.

    Raises:
        RequestError: it has not the form of a token.
        NotFoundError: no decision has this token.
        ConflictError, StaleDecisionError, EngineError: as `claim_release`.
    """
    decision_id = decision_in(token)
    try:
        with house.database.reading(house.tenant) as store:
            decision = decoded(store.decisions.decision(decision_id)).decision
    except NotFoundError:
        raise NotFoundError("there is no such release token; ask for the decision again") from None
    must_belong(token, decision)
    return claim_release(house, decision_id)


def claim_release(house: House, decision_id: str) -> Release:
    """Claim what a decision permits; claiming again returns the same release.

    Raises:
        NotFoundError: there is no such decision.
        ConflictError: it permits nothing, or the unit was claimed under another decision.
        LimitReachedError: the customer's provisional limit is used up.
        StaleDecisionError: what came since changes the money; its mistakes say what and how.
        EngineError: facts about the unit arrive faster than it can be decided.
    """
    with house.database.reading(house.tenant) as store:
        asked = decoded(store.decisions.decision(decision_id)).decision
        before = store.releases.of_unit(asked.unit)
    if before is not None:
        return _its_own(before, asked)
    if not may_be_claimed(asked):
        raise ConflictError(f"decision {decision_id} is a {asked.verdict}: nothing to release")
    for _ in range(TRIES):
        current = decide_unit(house, asked.unit).decision
        if (before := _released_or_same_money(house, asked, current)) is not None:
            return _its_own(before, asked)
        with house.database.writing(house.tenant) as store:
            # Waiting for the lock may take a while; what is checked before it may be old by then.
            store.releases.lock_customer(current.customer)
            if (before := store.releases.of_unit(asked.unit)) is not None:
                return _its_own(before, asked)
            dossier = dossier_of(store, asked.unit)
            if dossier.digest == current.dossier:
                _not_under_another_name(store, current, dossier)
                return _claimed(house, store, asked, current)
    raise EngineError(f"facts about {asked.unit} arrive faster than it is claimed; claim again")


def _its_own(before: Release, asked: Decision) -> Release:
    """The release, where this very claim was made before."""
    if asked.decision_id == (before.asked_decision_id or before.decision_id):
        return before
    raise ConflictError(
        f"{asked.unit} was released before, to {before.actor} at "
        f"{before.claimed_at.isoformat()}, under decision {before.decision_id}, as release "
        f"{before.release_id}; a unit is released once"
    )


def _released_or_same_money(house: House, asked: Decision, current: Decision) -> Release | None:
    """Nothing where the current decision bills what the asked one did.

    Raises:
        StaleDecisionError: it does not, and nobody has claimed the unit meanwhile.
    """
    if current.decision_id == asked.decision_id:
        return None
    with house.database.reading(house.tenant) as store:
        was, now = (_stored_dossier(store, each) for each in (asked, current))
        before = store.releases.of_unit(asked.unit)
    changes = (*changed_money(asked, current), *bill_to_changed(was, now))
    if not changes or before is not None:
        return before
    token = release_token(current)
    raise StaleDecisionError(
        f"{asked.unit} is decided anew: {current.verdict} under {current.decision_id}; "
        + (f"look at it and claim that decision by its token {token}" if token else "it waits"),
        told_changes(changes, was, now),
    )


def _stored_dossier(store: Store, decision: Decision) -> Dossier:
    return msgspec.json.decode(store.decisions.dossier(decision.dossier), type=Dossier)


def _not_under_another_name(store: Store, decision: Decision, dossier: Dossier) -> None:
    """Refuse what went out before under another number: as an order, or before a merge."""
    names = names_of(linked.fact for linked in dossier.facts)
    for name in sorted(names - {decision.unit}):
        if before := store.releases.of_unit(name):
            raise ConflictError(
                f"{decision.unit} was released before as {name}, to {before.actor}, under "
                f"decision {before.decision_id}"
            )


def _claimed(house: House, store: Store, asked: Decision, current: Decision) -> Release:
    moment = house.now()
    assert current.total is not None, "only a priced decision is claimed"
    if current.verdict is Verdict.PROVISIONAL:
        _within_exposure(store, current)
        _none_too_old(store, current, moment)
    days = [terms.expires_after_days for terms in current.provisional]
    release = Release(
        release_id=release_id_of(current),
        unit=current.unit,
        decision_id=current.decision_id,
        customer=current.customer,
        kind="provisional" if current.verdict is Verdict.PROVISIONAL else "final",
        currency=current.total.currency,
        amount_minor=current.total.minor_units,
        expires_at=moment + timedelta(days=min(days)) if days else None,
        claimed_at=moment,
        actor=house.actor,
        correlation_id=house.correlation_id or _affair_of(store, current.unit),
        asked_decision_id=asked.decision_id,
    )
    store.releases.add(release)
    store.outbox.add(claimed_event(store, release))
    return release


def _affair_of(store: Store, unit: str) -> str:
    """The correlation id of what the unit was last decided for; some id, where nobody gave one."""
    taken = store.decisions.taken_of(unit)
    return next((each.correlation_id for each in reversed(taken) if each.correlation_id), "")


def _none_too_old(store: Store, decision: Decision, moment: datetime) -> None:
    """No open provisional invoice of the customer is as old as any of the terms allows."""
    limits = [t.oldest_open_days for t in decision.provisional if t.oldest_open_days is not None]
    since = store.releases.oldest_provisional(decision.customer) if limits else None
    if since is not None and moment - since >= timedelta(days=min(limits)):
        raise LimitReachedError(
            f"PROVISIONAL_LIMIT: a provisional invoice of {decision.customer} is open since "
            f"{since.date().isoformat()}, and none may be for {min(limits)} days; its true-up "
            "makes room"
        )


def _within_exposure(store: Store, decision: Decision) -> None:
    """All open provisional invoices of the customer and this one keep to every limit."""
    assert decision.total is not None, "only a priced decision is claimed"
    currency = decision.total.currency
    open_units = store.releases.open_provisional_minor(decision.customer, currency)
    for terms in decision.provisional:
        limit = terms.exposure_up_to
        if limit.currency != currency or (
            open_units + decision.total.minor_units > limit.minor_units
        ):
            raise LimitReachedError(
                f"PROVISIONAL_LIMIT: {decision.customer} has {open_units} cents open; with "
                f"{decision.total} more the limit of {limit} is passed; true-ups free it"
            )
