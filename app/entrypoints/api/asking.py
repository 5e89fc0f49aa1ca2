"""What callers send: media types that are read, and bodies with nothing unknown in them."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request

from app.errors import IntakeError, Mistake, Place, RequestError, wrong_request
from app.evidence.intake.explained import explained, plainly, unlikely
from app.measures import Instant
from app.operations.receiving.arrival import MessageReceipt
from app.operations.receiving.record_messages import Receipt

JSON_MEDIA = (
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/json",
)
X12_MEDIA = ("application/edi-x12", "text/plain")
T = TypeVar("T")
_BEFORE_TEXT = b"\xef\xbb\xbf \t\r\n"


class UnsupportedMediaError(RequestError):
    """The body is of a media type that is not read here."""


class RefusedMessagesError(IntakeError):
    """Messages were refused, and nothing of the body was recorded as fact."""

    def __init__(self, receipt: Receipt) -> None:
        count = receipt.counted("refused")
        super().__init__(
            f"{count} message(s) cannot be read; the bytes are kept as delivery "
            f"{receipt.delivery_id}, and nothing in them counts as fact",
            _mistakes(receipt, "refused"),
        )
        self.delivery_id = receipt.delivery_id


class ReusedMessageIdError(RequestError):
    """A message id was used before for other content."""

    def __init__(self, receipt: Receipt) -> None:
        count = receipt.counted("conflict")
        super().__init__(
            f"{count} message(s) have the id of an earlier message and say something else; the "
            f"bytes are kept as delivery {receipt.delivery_id}",
            _mistakes(receipt, "conflict"),
        )
        self.delivery_id = receipt.delivery_id


class AskedDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The question: about which unit, and as known when."""

    reference: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """Any number the unit goes by: shipment, order, BOL, PRO, or its full name."""
    known_at: Instant | None = None
    """What would have been decided at this moment; needs its offset."""


class AskedRetry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Try it again, and why."""

    because: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class AskedClaim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A claim: by the token of the decision that was looked at."""

    token: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ToldInvoice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a billing system calls the invoice of a release."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    system: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """Which billing system it is."""


# Made known before threads begin: see app/operations/prepared.py.
_asked = tuple(
    msgspec.json.Decoder(each) for each in (AskedDecision, AskedClaim, AskedRetry, ToldInvoice)
)


def media_of(request: Request[Any, Any, Any], allowed: tuple[str, ...]) -> str:
    """The body's media type, in lower case and without parameters.

    Raises:
        UnsupportedMediaError: when it is none of the allowed.
    """
    media = request.content_type[0].lower()
    not_encoded(request)
    if media not in allowed:
        raise _unsupported("Content-Type", media or "nothing", allowed)
    return media


def not_encoded(request: Request[Any, Any, Any]) -> None:
    """Raise UnsupportedMediaError where the body is compressed."""
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding != "identity":
        raise _unsupported("Content-Encoding", encoding, ("identity",))


def must_be_as_declared(media: str, raw: bytes) -> None:
    """Raise UnsupportedMediaError where X12 is sent as JSON or JSON as X12.

    The declared media type says whether the sender counts on whole or nothing.
    """
    begins = raw.lstrip(_BEFORE_TEXT)[:3]
    if media in JSON_MEDIA and begins == b"ISA":
        raise _unsupported("Content-Type", f"X12 sent as {media}", X12_MEDIA)
    if media in X12_MEDIA and begins[:1] in (b"{", b"["):
        raise _unsupported("Content-Type", f"JSON sent as {media}", JSON_MEDIA)


def asked_decision(raw: bytes) -> AskedDecision:
    """The question in a body.

    Raises:
        RequestError: with the JSON path, or the byte where the text stops being JSON.
    """
    asked = _converted(raw, AskedDecision)
    for path, what in (*_odd(asked.reference), *unlikely(asked.known_at, "$.known_at")):
        raise wrong_request(path, what)
    return asked


def asked_retry(raw: bytes) -> str:
    """Why something is to be sent again.

    Raises:
        RequestError: with the JSON path, or the byte where the text stops being JSON.
    """
    asked = _converted(raw, AskedRetry)
    for path, what in unlikely(asked.because, "$.because"):
        raise wrong_request(path, what)
    return asked.because


def asked_claim(raw: bytes) -> str:
    """The token in a body.

    Raises:
        RequestError: with the JSON path, or the byte where the text stops being JSON.
    """
    return _converted(raw, AskedClaim).token


def told_invoice(raw: bytes) -> ToldInvoice:
    """The invoice number in a body.

    Raises:
        RequestError: with the JSON path, or the byte where the text stops being JSON.
    """
    told = _converted(raw, ToldInvoice)
    for name in ("number", "system"):
        for path, what in unlikely(getattr(told, name), f"$.{name}"):
            raise wrong_request(path, what)
        if not getattr(told, name).strip():
            raise wrong_request(f"$.{name}", "there is nothing but blanks in it")
    return told


def _converted(raw: bytes, kind: type[T]) -> T:
    not_empty(raw)
    try:
        found = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise wrong_request("$", str(error), "one JSON object") from None
    try:
        return msgspec.convert(found, kind)
    except (msgspec.ValidationError, OverflowError) as error:
        problem = explained(error, kind)
        raise wrong_request(f"${problem.path}", problem.what, problem.allowed) from None


def named(reference: str, where: str) -> str:
    """A number from a path, if it is text that can be stored and compared.

    Raises:
        RequestError: when it holds a zero character or half of a surrogate pair.
    """
    if plainly(reference) != reference:
        raise wrong_request(where, "the text holds a zero character or half of a surrogate pair")
    return reference


def not_empty(raw: bytes) -> None:
    """Raise RequestError where there is no body."""
    if not raw.strip():
        raise wrong_request("body", "there is nothing in it")


def _odd(reference: str) -> Iterator[tuple[str, str]]:
    return unlikely(reference, "$.reference")


def _unsupported(where: str, given: str, allowed: tuple[str, ...]) -> UnsupportedMediaError:
    mistake = Mistake(
        place=Place(field=where), what=f"{given} is not read here", allowed=", ".join(allowed)
    )
    return UnsupportedMediaError(f"{where} is {given}, which is not read here", [mistake])


def _mistakes(receipt: Receipt, outcome: str) -> list[Mistake]:
    return [
        mistake
        for message in receipt.messages
        if message.outcome == outcome
        for mistake in _of_message(message)
    ]


def _of_message(message: MessageReceipt) -> Iterator[Mistake]:
    """Its faults; a place without field or byte is the message itself."""
    for fault in message.faults:
        if not fault.refused:
            continue
        what, _, allowed = fault.detail.partition("; allowed: ")
        place = msgspec.structs.replace(fault.place, file="")
        if not str(place):
            place = Place(field=f"message {message.message_id}".strip())
        yield Mistake(place=place, what=f"{fault.code}: {what}", allowed=allowed)
