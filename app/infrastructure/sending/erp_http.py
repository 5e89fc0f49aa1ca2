"""One request to a billing system: sent once, bounded in time and size, every failure named.

What is asked again is decided by `NotSentError.retry`. A request whose answer was lost may have
done its work all the same, so whoever asks again looks first (`connector.send_invoice`).
"""

import time
from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from app.billing.rest_forms import JSON
from app.billing.rest_mapping import Meaning
from app.infrastructure.sending.sender import NotSentError

LARGEST_ANSWER = 8 * 1024 * 1024
LONGEST_SENTENCE = 500

WHY = ("message", "detail", "error", "title", "description", "error_description")
"""Where a refusal says why, where nobody told us another place."""

_AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
_WRONG_KEY = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)

Parameters = Sequence[tuple[str, str]]


class RefusedError(NotSentError):
    """The system understood the request and did not do it."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry=False)


class NoneThereError(NotSentError):
    """The system says that there is no such thing."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, retry=False)


class ErpHttp:
    """The line to one system.

    Args:
        system: what people call it; every error begins with it.
        url: where it is; paths are put behind it.
        headers: sent with every request; the key stands here and nowhere else, so that no error
            can show it.
        timeout_seconds: how long to wait for the connection, for the answer to begin and for it
            to end, each.
        statuses: what a status means where it differs from HTTP's meaning.
        says: where a refusal says why.
    """

    def __init__(
        self,
        *,
        system: str,
        url: str,
        headers: Mapping[str, str],
        timeout_seconds: float,
        statuses: Mapping[int, Meaning] | None = None,
        says: Collection[str] = WHY,
    ) -> None:
        self._system = system
        self._url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._statuses = statuses or {}
        self._says = says
        self._headers = {"Accept": "application/json", **headers}
        self._client = httpx.Client(timeout=timeout_seconds)

    @property
    def ends_within_s(self) -> float:
        """How long a request may take: to connect, until the answer begins, and until it ends."""
        return 3 * self._timeout

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Parameters = (),
        headers: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> bytes:
        """The body of a good answer.

        Raises:
            NoneThereError: a status that means so.
            RefusedError: a status that means that asking again is no use.
            NotSentError: anything else that went wrong, and whether to try again.
        """
        sent = {**self._headers, **(headers or {}), **_content_type(body)}
        self._refuse_unsendable(sent)
        try:
            with self._client.stream(
                method,
                f"{self._url}/{path.lstrip('/')}",
                params=tuple(query),
                headers=sent,
                content=None if body is None else JSON.encode(body),
            ) as answer:
                content = self._read(answer)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError) as error:
            what = f"cannot be asked at {self._url} ({type(error).__name__})"
            raise self.failed(what, retry=False) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self.failed(f"is not reachable at {self._url}: {error}", retry=True) from error
        except httpx.HTTPError as error:
            what = f"did not answer to the end ({type(error).__name__}); nobody knows what it did"
            raise self.failed(what, retry=True) from error
        if not answer.is_success:
            self._raise(answer, content)
        return content

    def failed(self, what: str, *, retry: bool) -> NotSentError:
        """An error in the system's name."""
        return NotSentError(f"{self._system} {what}", retry=retry)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _refuse_unsendable(self, headers: Mapping[str, str]) -> None:
        """A key with a line break at its end would be shown by whatever refuses it further down."""
        for name, value in headers.items():
            if not (value.isascii() and value.isprintable()):
                what = f"cannot be asked: what is sent as {name} has a character that no header has"
                raise self.failed(f"{what}; look for a line break or an accent", retry=False)

    def _read(self, answer: httpx.Response) -> bytes:
        """All of it; an answer that drips is cut off, as one that never comes would be."""
        until = time.monotonic() + self._timeout
        content = bytearray()
        for part in answer.iter_bytes():
            content += part
            if len(content) > LARGEST_ANSWER:
                raise self.failed(f"answered more than {LARGEST_ANSWER} bytes", retry=False)
            if time.monotonic() > until:
                raise httpx.ReadTimeout("the answer took too long", request=answer.request)
        return bytes(content)

    def _raise(self, answer: httpx.Response, content: bytes) -> None:
        status = f"{answer.status_code} {answer.reason_phrase}".strip()
        why = self._sentence(content)
        said = f"{why} ({status})" if why else status
        match self._statuses.get(answer.status_code) or _usual_meaning(answer.status_code):
            case "none":
                raise NoneThereError(f"{self._system} has no such thing: {said}")
            case "wrong key":
                what = f"does not accept our key: {said}; give it a key that it accepts"
                raise self.failed(what, retry=False)
            case "again":
                after = _seconds(answer.headers.get("Retry-After", ""))
                text = f"{self._system} cannot do it now: {said}"
                raise NotSentError(text, retry=True, after_s=after)
            case "refused":
                raise RefusedError(f"{self._system} refused it: {said}")

    def _sentence(self, content: bytes) -> str:
        """Why, in the system's own words; empty where it does not say."""
        try:
            document = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return ""
        said = [value for place in self._says if isinstance(value := at(document, place), str)]
        words = " ".join(". ".join(text.strip().rstrip(".") for text in said if text).split())
        return words[:LONGEST_SENTENCE]


def at(document: Any, place: str) -> Any:
    """What stands at a place like `totals.due`, `lines.0.id` or `.`; None where nothing does."""
    for step in filter(None, place.split(".")):
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and step.isdecimal() and int(step) < len(document):
            document = document[int(step)]
        else:
            return None
    return document


def _usual_meaning(status: int) -> Meaning:
    if status in _WRONG_KEY:
        return "wrong key"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _AGAIN:
        return "again"
    return "refused"


def _content_type(body: Any) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}


def _seconds(text: str) -> float | None:
    """`Retry-After` in seconds; as a date it would need a clock and is left out."""
    return float(text) if text.isdecimal() else None
