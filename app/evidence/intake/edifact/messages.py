"""Every message of a file; of a status report each consignment for itself."""

from collections.abc import Sequence

import msgspec

from app.errors import Place
from app.evidence.intake.edifact import iftsta
from app.evidence.intake.edifact.consignment import KIND, Consignment
from app.evidence.intake.edifact.interchange import Message, messages
from app.evidence.intake.edifact.segments import Segment
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.enveloped.reading import LONGEST_NAME
from app.evidence.intake.profile import Profile, Profiles
from app.evidence.intake.received import MessageHead, Received, refusal

ORIGINAL = "original"


def read_edifact(
    raw: bytes, start: int, file: str, profiles: Profiles, tenant: str, actor: str
) -> tuple[Received, ...]:
    """What each consignment of each message says, in the order of the file.

    Args:
        raw: the whole file, so that offsets are those of the original bytes.
        start: where its first UNA or UNB stands.
        file: the name to give in places.
        profiles: whose senders (UNG-02, UNB-02) decide how each message is read.
        tenant: whose facts these are.
        actor: by whose hand they are recorded.
    """
    return tuple(
        received
        for each in messages(raw, start, file)
        for received in _read(
            each, profiles.of(each.group.at(2), each.interchange.at(2)), (file, tenant, actor)
        )
    )


def _read(message: Message, profile: Profile, by: tuple[str, str, str]) -> tuple[Received, ...]:
    head = _head(message, profile)
    if any(fault.refused for fault in message.faults):
        return (Received(message=head, faults=message.faults),)
    header, consignments = split_at("CNI", message.segments)
    if refused := _not_read(message, profile, header, head, by[0]):
        return (refused,)
    if not consignments:
        place = _place(by[0], message.header, "UNH")
        return (refusal(head, "NOTHING_SAID", "the message names no consignment (CNI)", place),)
    return tuple(
        Consignment(message, header, segments, _numbered(head, at), profile, by).read(iftsta.read)
        for at, segments in enumerate(consignments, start=1)
    )


def _not_read(
    message: Message, profile: Profile, header: Sequence[Segment], head: MessageHead, file: str
) -> Received | None:
    """Why the message as a whole is not read: another type, or it takes back what was said."""
    if head.kind != KIND:
        detail = f"message type {head.kind!r} is not read; read is {KIND}"
        return refusal(head, "SET_NOT_READ", detail, _place(file, message.header, "UNH-02"))
    bgm = next((segment for segment in header if segment.tag == "BGM"), None)
    if bgm is None:
        place = _place(file, message.header, "UNH")
        return refusal(head, "SEGMENT_MISSING", "there is no BGM", place)
    if profile.word("1225", bgm.at(3)) != ORIGINAL:
        map_ = f"map 1225 of {profile.name}, {profile.version_of('1225')}"
        detail = f"a message of function {bgm.at(3)[:8]!r} is not read; {ORIGINAL} is in {map_}"
        return refusal(head, "FUNCTION_NOT_READ", detail, _place(file, bgm, "BGM-03"))
    return None


def _head(message: Message, profile: Profile) -> MessageHead:
    """What names the message: the same bytes always give the same message id."""
    unb, ung, unh = message.interchange, message.group, message.header
    named = (unb.at(2), unb.at(4, 1) + unb.at(4, 2), unb.at(5), ung.at(5), unh.at(1))
    return MessageHead(
        format="edifact",
        kind=unh.at(2)[:8],
        sender=(ung.at(2) or unb.at(2))[:LONGEST_NAME],
        message_id=":".join(part[:LONGEST_NAME] for part in named),
        profile=profile.name,
    )


def _numbered(head: MessageHead, at: int) -> MessageHead:
    return msgspec.structs.replace(head, message_id=f"{head.message_id}:{at}")


def _place(file: str, segment: Segment, field: str) -> Place:
    return Place(file=file, byte_offset=segment.offset, field=field)
