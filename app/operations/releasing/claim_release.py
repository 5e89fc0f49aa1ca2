"""Each invoice of a unit is released once: what competes is settled here, a customer at a time.

A claim says which decision its holder has seen. Facts that came since are looked at first, outside
any lock: where they change no money, the release is claimed under the decision they give; where
they do, the claim is refused and told what has changed. Inside the lock only three things are
asked: was it claimed meanwhile, has its dossier moved again, and does the customer keep to its
limit.
"""

from datetime import datetime, timedelta
from functools import partial

import msgspec

from app.billing.billed_money import changed_money
from app.billing.claimed import claimed_documents
from app.billing.release_token import decision_in, may_be_claimed, must_belong, release_token
from app.decide import Concluded
from app.digest import canonical
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
from app.family.document import FamilyDocument
from app.infrastructure.storage.rows import Release, Waiting
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.judgement.waived import WAIVER
from app.operations.deciding.decide_unit import decide_unit, dossier_of
from app.operations.deciding.keep_decision import decoded
from app.operations.deciding.settle_provisional import settle_provisional
from app.operations.house import House
from app.operations.releasing.release_claimed import claimed_event
from app.pricing.contract.consolidation import Closing, closing_after
from app.telemetry.story import Step, tell
from app.telemetry.traces import SpanName, span

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

    Returns:
        The release of the decision's one document; where all of an invoice is taken back and
        billed anew, that of the last one, claimed together with those of the credits before it.

    Raises:
        NotFoundError: there is no such decision.
        ConflictError: it permits nothing, or the unit was claimed under another decision.
        LimitReachedError: the customer's provisional limit is used up.
        StaleDecisionError: what came since changes the money; its mistakes say what and how.
        EngineError: facts about the unit arrive faster than it can be decided.
    """
    with house.database.reading(house.tenant) as store:
        asked = decoded(store.decisions.decision(decision_id)).decision
        if before := store.releases.claimed_by(decision_id):
            return before[-1]
        _must_be_unclaimed(store, asked)
        affair = _affair_for(house, store, asked.unit)
    if not may_be_claimed(asked):
        raise ConflictError(f"decision {decision_id} is a {asked.verdict}: nothing to release")
    with span(SpanName.CLAIM, affair, unit=asked.unit, decision_id=decision_id) as claiming:
        release = _claim_anew(house, asked)
        claiming.set_attribute("tollgate.release_id", release.release_id)
    return release


def _claim_anew(house: House, asked: Decision) -> Release:
    decision_id = asked.decision_id
    for _ in range(TRIES):
        concluded = decide_unit(house, asked.unit)
        current = concluded.decision
        if before := _claimed_or_same_money(house, asked, current):
            return before[-1]
        with house.database.writing(house.tenant) as store:
            # Waiting for the lock may take a while; what is checked before it may be old by then.
            store.releases.lock_customer(current.customer)
            if before := store.releases.claimed_by(decision_id):
                return before[-1]
            _must_be_unclaimed(store, asked)
            dossier = dossier_of(store, asked.unit)
            if dossier.digest == current.dossier:
                _not_under_another_name(store, current, dossier)
                _not_waived_for_too_long(concluded, house.now())
                return _claimed(house, store, asked, current, dossier)[-1]
    raise EngineError(f"facts about {asked.unit} arrive faster than it is claimed; claim again")


def _must_be_unclaimed(store: Store, asked: Decision) -> None:
    """Raise ConflictError where others have claimed invoices that the decision did not know of."""
    known = len(_stored_dossier(store, asked).family)
    claimed = store.releases.of_unit(asked.unit)
    if len(claimed) > known:
        last = claimed[-1]
        raise ConflictError(
            f"{asked.unit} was released before, to {last.actor} at "
            f"{last.claimed_at.isoformat()}, under decision {last.decision_id}, as release "
            f"{last.release_id}; what is billed is released once"
        )


def _claimed_or_same_money(house: House, asked: Decision, current: Decision) -> tuple[Release, ...]:
    """Nothing where the current decision bills what the asked one did.

    Raises:
        StaleDecisionError: it does not, and nobody has claimed the unit meanwhile.
        ConflictError: somebody has.
    """
    if current.decision_id == asked.decision_id:
        return ()
    with house.database.reading(house.tenant) as store:
        was, now = (_stored_dossier(store, each) for each in (asked, current))
        if before := store.releases.claimed_by(asked.decision_id):
            return before
        _must_be_unclaimed(store, asked)
    changes = (*changed_money(asked, current), *bill_to_changed(was, now))
    if not changes:
        return ()
    token = release_token(current)
    raise StaleDecisionError(
        f"{asked.unit} is decided anew: {current.verdict} under {current.decision_id}; "
        + (f"look at it and claim that decision by its token {token}" if token else "it waits"),
        told_changes(changes, was, now),
    )


def _stored_dossier(store: Store, decision: Decision) -> Dossier:
    return msgspec.json.decode(store.decisions.dossier(decision.dossier), type=Dossier)


def _not_waived_for_too_long(concluded: Concluded, moment: datetime) -> None:
    """Refuse what a person let pass until a time that is over, although nobody has spoken since.

    A decision knows no clock: what it lets expire counts against the last word about the unit.
    """
    names = {by for hold in concluded.decision.holds for by in hold.waived_by}
    for each in concluded.trace.waivers:
        over = each.expires_at is not None and each.expires_at <= moment
        if over and f"{WAIVER}{each.waiver}" in names:
            raise ConflictError(
                f"waiver {each.waiver} of {each.hold} ended at {each.expires_at}; take it back "
                "and waive it anew, or bring what it waits for"
            )


def _not_under_another_name(store: Store, decision: Decision, dossier: Dossier) -> None:
    """Refuse what went out before under another number: as an order, or before a merge."""
    names = names_of(linked.fact for linked in dossier.facts)
    for name in sorted(names - {decision.unit}):
        if before := store.releases.of_unit(name):
            raise ConflictError(
                f"{decision.unit} was released before as {name}, to {before[0].actor}, under "
                f"decision {before[0].decision_id}"
            )


def _claimed(
    house: House, store: Store, asked: Decision, current: Decision, dossier: Dossier
) -> tuple[Release, ...]:
    if current.verdict is Verdict.PROVISIONAL:
        _within_exposure(store, current)
        _none_too_old(store, current, house.now())
    affair = _affair_for(house, store, current.unit)
    releases: list[Release] = []
    moment = house.now()
    agreed = current.consolidation
    closing = closing_after(agreed, moment) if agreed else None
    for out in claimed_documents(current, dossier.family, moment):
        place = len(dossier.family) + len(releases) + 1
        releases.append(_release(house, asked, current, out, place, affair, closing))
        store.releases.add(releases[-1])
        _tell_or_keep(store, releases[-1], closing)
        store.once_stored(partial(_tell, releases[-1]))
    settle_provisional(house, store, current, dossier.family)
    return tuple(releases)


def _tell(release: Release) -> None:
    tell(
        Step.RELEASED,
        release.correlation_id,
        unit=release.unit,
        customer=release.customer,
        decision_id=release.decision_id,
        release_id=release.release_id,
        kind=release.kind,
        actor=release.actor,
    )


def _tell_or_keep(store: Store, release: Release, closing: Closing | None) -> None:
    """Tell of the release, or keep it for the invoice that bills it together with others."""
    if closing is None:
        store.outbox.add(claimed_event(store, release))
        return
    store.consolidations.wait(
        Waiting(
            release_id=release.release_id,
            customer=release.customer,
            currency=release.currency,
            closes_at=closing.at,
            closes_on=closing.on,
        )
    )


def _release(
    house: House,
    asked: Decision,
    current: Decision,
    out: FamilyDocument,
    place: int,
    affair: str,
    closing: Closing | None,
) -> Release:
    return Release(
        release_id=out.reference,
        unit=current.unit,
        decision_id=current.decision_id,
        customer=current.customer,
        kind=out.kind.value,
        currency=out.total.currency,
        amount_minor=out.total.minor_units,
        expires_at=out.expires_at,
        claimed_at=out.claimed_at,
        actor=house.actor,
        correlation_id=affair,
        asked_decision_id=asked.decision_id,
        place=place,
        body=canonical(out),
        closes_at=closing.at if closing else None,
    )


def _affair_for(house: House, store: Store, unit: str) -> str:
    """The affair of a claim: who names none goes on with that of the decision."""
    return house.named_affair or _affair_of(store, unit) or house.correlation_id


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
