"""What is said between the product and an engine's child process.

A frame is four bytes of length and a message in msgpack. Values carry their type, so that
a Decimal arrives as that Decimal and a day as that day; nothing is pickled. Every answer
repeats the number of its question: an answer to another question is never taken.
"""

from collections.abc import Iterable, Mapping

import msgspec

from app.errors import EngineError
from app.infrastructure.engine.encoded import Encoded, Thing, encoded
from app.judgement.rulebook.seen import Seen, View

HEADER_BYTES = 4
FRAME_AT_MOST = 64 * 1024 * 1024


class Load(msgspec.Struct, frozen=True, array_like=True, tag="load"):
    """Make the rules with this digest ready."""

    question: int
    digest: str
    rules: bytes


class Ask(msgspec.Struct, frozen=True, array_like=True, tag="ask"):
    """Judge the view by the rules with this digest."""

    question: int
    digest: str
    unit: dict[str, Encoded]
    items: list[Thing]


class AskMany(msgspec.Struct, frozen=True, array_like=True, tag="ask many"):
    """Judge each of the views by the rules with this digest."""

    question: int
    digest: str
    views: list[tuple[dict[str, Encoded], list[Thing]]]


class Ready(msgspec.Struct, frozen=True, array_like=True, tag="ready"):
    """The child has started, or has loaded the rules."""

    question: int


class NotLoaded(msgspec.Struct, frozen=True, array_like=True, tag="not loaded"):
    """The rules have to be loaded first."""

    question: int


class Fired(msgspec.Struct, frozen=True, array_like=True, tag="fired"):
    """A complete answer: rule and subject of every firing, sorted."""

    question: int
    firings: tuple[tuple[str, str], ...]


class FiredMany(msgspec.Struct, frozen=True, array_like=True, tag="fired many"):
    """A complete answer about every view, in the order of the question."""

    question: int
    firings: tuple[tuple[tuple[str, str], ...], ...]


class Failed(msgspec.Struct, frozen=True, array_like=True, tag="failed"):
    """There is no complete answer."""

    question: int
    why: str
    evidence: str = ""


Question = Load | Ask | AskMany
Reply = Ready | NotLoaded | Fired | FiredMany | Failed

_encoder = msgspec.msgpack.Encoder()
_questions: msgspec.msgpack.Decoder[Question] = msgspec.msgpack.Decoder(Load | Ask | AskMany)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(
    Ready | NotLoaded | Fired | FiredMany | Failed
)


def frame(message: Question | Reply) -> bytes:
    """The message with its length in front."""
    body = _encoder.encode(message)
    if len(body) > FRAME_AT_MOST:
        raise EngineError(f"a message of {len(body)} bytes is more than {FRAME_AT_MOST}")
    return len(body).to_bytes(HEADER_BYTES, "big") + body


def body_length(header: bytes) -> int:
    """How many bytes follow the header.

    Raises:
        EngineError: when it is no header: something else has written to the pipe.
    """
    length = int.from_bytes(header, "big")
    if length > FRAME_AT_MOST:
        raise EngineError(f"a frame of {length} bytes was announced")
    return length


def question_in(body: bytes) -> Question:
    """The question in a frame's body."""
    return _questions.decode(body)


def reply_in(body: bytes) -> Reply:
    """The reply in a frame's body."""
    return _replies.decode(body)


def asked(question: int, digest: str, view: View) -> Ask:
    """The view as a question.

    Raises:
        EngineError: when a value is of no type that the glossary can declare.
    """
    items = [Thing(item.entity, item.key, _encoded(item.values)) for item in view.items]
    return Ask(question, digest, _encoded(view.unit), items)


def asked_many(question: int, digest: str, asks: Iterable[Ask]) -> AskMany:
    """Questions about the same rules as one."""
    return AskMany(question, digest, [(ask.unit, ask.items) for ask in asks])


def _encoded(values: Mapping[str, Seen]) -> dict[str, Encoded]:
    return {
        name: value if isinstance(value, str) or value is True or value is False else encoded(value)
        for name, seen in values.items()
        if (value := seen.value) is not None
    }
