"""Every transaction of a file, each read by the mapper of its set."""

from collections.abc import Callable, Mapping

from app.errors import Place
from app.evidence.intake.enveloped.reading import RefusalError
from app.evidence.intake.profile import Profile, Profiles
from app.evidence.intake.received import Received, refusal
from app.evidence.intake.x12 import (
    set_204,
    set_210,
    set_214,
    set_310,
    set_315,
    set_322,
    set_810,
    set_856,
    set_940,
    set_943,
    set_944,
    set_945,
    set_990,
)
from app.evidence.intake.x12.interchange import Transaction, transactions
from app.evidence.intake.x12.transaction import Reading, head_of

MAPPERS: Mapping[str, Callable[[Reading], None]] = {
    "204": set_204.read,
    "210": set_210.read,
    "214": set_214.read,
    "310": set_310.read,
    "315": set_315.read,
    "322": set_322.read,
    "810": set_810.read,
    "856": set_856.read,
    "940": set_940.read,
    "943": set_943.read,
    "944": set_944.read,
    "945": set_945.read,
    "990": set_990.read,
}


def read_x12(
    raw: bytes, start: int, file: str, profiles: Profiles, tenant: str, actor: str
) -> tuple[Received, ...]:
    """What each transaction says, in the order of the file.

    Args:
        raw: the whole file, so that offsets are those of the original bytes.
        start: where its first ISA stands.
        file: the name to give in places.
        profiles: whose senders decide how each interchange is read.
        tenant: whose facts these are.
        actor: by whose hand they are recorded.
    """
    return tuple(
        received for _, received in read_transactions(raw, start, file, profiles, tenant, actor)
    )


def read_transactions(
    raw: bytes, start: int, file: str, profiles: Profiles, tenant: str, actor: str
) -> tuple[tuple[Transaction, Received], ...]:
    """The same with each transaction beside what it says: what an acknowledgement answers."""
    by = (file, tenant, actor)
    return tuple(
        (each, _received(each, profiles.of(each.group.at(2), each.interchange.at(6)), by))
        for each in transactions(raw, start, file)
    )


def _received(transaction: Transaction, profile: Profile, by: tuple[str, str, str]) -> Received:
    head = head_of(transaction, profile)
    if any(fault.refused for fault in transaction.faults):
        return Received(message=head, faults=transaction.faults)
    mapper = MAPPERS.get(head.kind)
    if mapper is None:
        place = Place(file=by[0], byte_offset=transaction.header.offset, field="ST-01")
        detail = f"transaction set {head.kind} is not read; read are {', '.join(MAPPERS)}"
        return refusal(head, "SET_NOT_READ", detail, place)
    try:
        reading = Reading(transaction, profile, by)
    except RefusalError as error:
        return Received(message=head, faults=(*transaction.faults, error.fault))
    try:
        mapper(reading)
        return reading.received()
    except RefusalError as error:
        return reading.given_up(error)
