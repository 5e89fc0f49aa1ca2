"""A person claims what was found, or says that it is not billable: recorded as a fact."""

from collections.abc import Mapping
from typing import Any

from app.digest import canonical, digest
from app.errors import ConflictError, wrong_request
from app.evidence.facts.money import Outcome
from app.operations.entitling.entitlements import entitlement_of
from app.operations.house import House
from app.operations.receiving.record_messages import Receipt, record_messages
from app.pricing.entitlement.found import Entitlement

MEDIA = "application/cloudevents+json"
SOURCE = "/ops/entitlements"


def claim_event(house: House, found: Entitlement, reason: str) -> Mapping[str, Any]:
    """The CloudEvent that raises it, for whoever sends it.

    Raises:
        ConflictError: it is billed without a claim.
    """
    if found.claim is None:
        raise ConflictError(
            f"{found.entitlement} is billed without a claim, with the next invoice of its unit"
        )
    moment = house.now().isoformat()
    entity = str(type(found.claim).__struct_config__.tag)
    said = {**_plain(found.claim), "reason": reason.strip()}
    named = []
    if entity == OF_UNITS:
        said["claimed_by"] = house.actor
        named = [_reference(found.unit)]
    return _event(f"{found.entitlement}/claim", entity, said, named, moment)


OF_UNITS = "accessorial"
"""A storage period is a unit of its own; an accessorial is claimed for one."""


def claim_entitlement(house: House, name: str, reason: str) -> Receipt:
    """Raise it as a fact by the acting person.

    Raises:
        RequestError: no reason is given.
        NotFoundError: nothing is found under the id.
        ConflictError: it is billed without a claim.
    """
    must_say_why(reason)
    return _recorded(house, claim_event(house, entitlement_of(house, name), reason))


def dismiss_entitlement(house: House, name: str, reason: str) -> Receipt:
    """Record that it is not billable, and why; it is not found again.

    Raises:
        RequestError: no reason is given.
        NotFoundError: nothing is found under the id.
    """
    must_say_why(reason)
    found, moment = entitlement_of(house, name), house.now().isoformat()
    said = {
        "approval": f"{found.entitlement}/{Outcome.WAIVED}",
        "subject": found.entitlement,
        "granted": False,
        "outcome": Outcome.WAIVED.value,
        "approver": house.actor,
        "authority": "ops",
        "reason": reason.strip(),
    }
    named = [_reference(found.unit)]
    event = _event(f"{found.entitlement}/dismiss", "approval", said, named, moment)
    return _recorded(house, event)


def must_say_why(reason: str) -> None:
    """Refuse an act for no reason.

    Raises:
        RequestError: the reason is empty.
    """
    if not reason.strip():
        raise wrong_request("reason", "there is no reason given")


def _recorded(house: House, event: Mapping[str, Any]) -> Receipt:
    return record_messages(house, canonical(event), SOURCE, media=MEDIA, whole_or_nothing=True)


def _event(
    name: str,
    entity: str,
    said: Mapping[str, Any],
    references: list[dict[str, str]],
    moment: str,
) -> Mapping[str, Any]:
    """Its id is made from what it says, so that the same word is one message."""
    return {
        "specversion": "1.0",
        "id": f"{name}/{digest(canonical((said, moment)))[:12]}",
        "source": SOURCE,
        "type": f"tollgate.fact.{entity}.v1",
        "time": moment,
        "data": {
            "classifier": "actual",
            "occurred_at": moment,
            "references": references,
            entity: said,
        },
    }


def _plain(said: object) -> dict[str, Any]:
    """The fields that are given; the event's type says what it is."""
    fields = {name: getattr(said, name) for name in said.__struct_fields__}  # type: ignore[attr-defined]
    return {name: value for name, value in fields.items() if value not in (None, (), "")}


def _reference(unit: str) -> dict[str, str]:
    kind, _, value = unit.partition(":")
    return {"kind": kind, "value": value}
