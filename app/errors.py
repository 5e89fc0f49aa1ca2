"""What is raised when a message, file or request is wrong.

* TollgateError
  x IntakeError
    + UnreadableMessageError
  x FileError
  x RequestError
    + NotFoundError
    + ConflictError
      - LimitReachedError
    + StaleDecisionError
    + ForbiddenError
      - ForeignHostError
    + RefusedFormError
    + UnwritableInvoiceError
  x DeploymentError
  x EngineError
  x BusyError

An exception means that this message, file, request or deployment is wrong and that
nothing was recorded because of it. A unit that cannot be billed yet is not an
exception: it is a hold in a decision. A stage that could not do its part returns a
value saying so. A broken promise inside the code is an `assert` with the sentence.
Which error is which HTTP status is decided in `entrypoints/api/problems.py` alone.
"""

from collections.abc import Sequence

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something is wrong: a file and line, a byte offset, or a field path."""

    file: str = ""
    line: int | None = None
    column: int | None = None
    byte_offset: int | None = None
    field: str = ""

    def __str__(self) -> str:
        """`file:line:column`, then the field or the byte offset, as far as known."""
        spot = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        inside = [self.field] if self.field else []
        if self.byte_offset is not None:
            inside.append(f"byte {self.byte_offset}")
        return " ".join([spot, *inside]).strip()


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: where, what, what is allowed there, what to do."""

    place: Place
    what: str
    allowed: str = ""
    mend: str = ""

    def __str__(self) -> str:
        """The mistake as one line a person can act on."""
        where = str(self.place)
        text = f"{where}: {self.what}" if where else self.what
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.mend:
            text += f"; {self.mend}"
        return text


class TollgateError(Exception):
    """The request cannot be carried out."""

    def __init__(self, message: str, mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(message)
        self.mistakes = tuple(mistakes)

    def __str__(self) -> str:
        """The message, then every mistake on a line of its own."""
        return "\n".join([str(self.args[0]), *(f"  {mistake}" for mistake in self.mistakes)])


class IntakeError(TollgateError):
    """The message could not be turned into facts."""


class UnreadableMessageError(IntakeError):
    """The bytes are not what they claim to be."""


class FileError(TollgateError):
    """A file under rules/ or ratecards/ is wrong; nothing of the set was accepted."""


class RequestError(TollgateError):
    """The request does not make sense."""


class NotFoundError(RequestError):
    """There is no such thing."""


class ConflictError(RequestError):
    """The request contradicts what was recorded before."""


class OtherContentError(ConflictError):
    """A form was taken before, and was sent once more with other content."""


class ForbiddenError(RequestError):
    """Somebody else may do this."""


class ForeignHostError(ForbiddenError):
    """This machine was asked by a name that is not its own, and knows nobody by a key."""


class RefusedFormError(RequestError):
    """The form was not filled in on a page of ours, or the page is out of date."""


class LimitReachedError(ConflictError):
    """A limit across several units is used up; the same may be asked again once it is not."""


class StaleDecisionError(RequestError):
    """Facts that arrived since have changed the decision."""


class UnwritableInvoiceError(RequestError):
    """The form asked for has no place or no code for something on the invoice."""


class DeploymentError(TollgateError):
    """The installation is not complete or not configured."""


class BusyError(TollgateError):
    """As much is being done as can be; nothing was taken, and the sender comes again later."""

    def __init__(self, message: str, *, after_s: int) -> None:
        super().__init__(message)
        self.after_s = after_s


class EngineError(TollgateError):
    """The rules engine did not give a complete answer."""


class RecordedError(TollgateError):
    """It was recorded, and what comes of it could not be worked out; it is not to be sent again."""


def wrong_request(where: str, what: str, allowed: str = "") -> RequestError:
    """A request with one mistake at one place."""
    mistake = Mistake(place=Place(field=where), what=what, allowed=allowed)
    return RequestError(f"the request is wrong at {where}", [mistake])
