"""One unit, one release: what competes between units is settled here, one customer at a time."""

from datetime import timedelta

from app.digest import digest_of
from app.dossier import Dossier
from app.errors import ConflictError, StaleDecisionError
from app.evidence.correlation.links import names_of
from app.infrastructure.storage.rows import Release
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.verdict import Verdict
from app.operations.deciding.decide_unit import decide_unit, dossier_of
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House

CLAIMABLE = {Verdict.RELEASE: "final", Verdict.PROVISIONAL: "provisional"}


def claim_release(house: House, decision_id: str) -> Release:
    """Claim what a decision permits; claiming again returns the same release.

    Raises:
        NotFoundError: there is no such decision.
        ConflictError: it permits nothing, the unit was released under another decision, or
            the customer's provisional limit is used up.
        StaleDecisionError: facts or editions that came since give another decision.
    """
    with house.database.reading(house.tenant) as store:
        decision = decoded(store.decisions.decision(decision_id)).decision
        before = store.releases.of_unit(decision.unit)
    if before is not None and before.decision_id == decision_id:
        return before
    if before is not None:
        raise ConflictError(
            f"{decision.unit} was released before, under decision {before.decision_id}"
        )
    if decision.verdict not in CLAIMABLE or decision.total is None:
        raise ConflictError(f"decision {decision_id} is a {decision.verdict}: nothing to release")
    with house.database.writing(house.tenant) as store:
        # Waiting for the lock may take a while; what is checked before it may be old by then.
        store.releases.lock_customer(decision.customer)
        dossier = dossier_of(store, decision.unit)
        if dossier.digest == decision.dossier:
            _not_under_another_name(store, decision, dossier)
            return _claimed(store, decision, house)
    current = decide_unit(house, decision.unit).decision
    raise StaleDecisionError(
        f"{decision.unit} is decided anew: {current.verdict} under {current.decision_id}; "
        "claim that decision"
    )


def _not_under_another_name(store: Store, decision: Decision, dossier: Dossier) -> None:
    """Refuse what went out before under another number: as an order, or before a merge."""
    names = names_of(linked.fact for linked in dossier.facts)
    for name in sorted(names - {decision.unit}):
        if before := store.releases.of_unit(name):
            raise ConflictError(
                f"{decision.unit} was released before as {name}, under decision "
                f"{before.decision_id}"
            )


def _claimed(store: Store, decision: Decision, house: House) -> Release:
    moment = house.now()
    assert decision.total is not None, "only a priced decision is claimed"
    before = store.releases.of_unit(decision.unit)
    if before is not None and before.decision_id == decision.decision_id:
        return before
    if decision.verdict is Verdict.PROVISIONAL:
        _within_exposure(store, decision)
    days = [terms.expires_after_days for terms in decision.provisional]
    release = Release(
        release_id=digest_of(("release-1", decision.tenant, decision.unit, decision.decision_id)),
        unit=decision.unit,
        decision_id=decision.decision_id,
        customer=decision.customer,
        kind="provisional" if decision.verdict is Verdict.PROVISIONAL else "final",
        currency=decision.total.currency,
        amount_minor=decision.total.minor_units,
        expires_at=moment + timedelta(days=min(days)) if days else None,
        claimed_at=moment,
        actor=house.actor,
    )
    store.releases.add(release)
    return release


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
            raise ConflictError(
                f"PROVISIONAL_LIMIT: {decision.customer} has {open_units} cents open; with "
                f"{decision.total} more the limit of {limit} is passed; true-ups free it"
            )
