"""Sends events to a webhook: CloudEvents 1.0 in structured form, signed as Standard Webhooks.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
`webhook-id` is the event's id, the same however often it is sent: by it a receiver knows what it
has had. What its answer means:

    2xx            it has arrived
    408 425 429    try again; `Retry-After` is honoured
    410            nobody wants it there any more: given up at once
    other 4xx      it will hardly change its mind: given up after a few attempts
    3xx            as other 4xx: a redirect is never followed, the file must name the place itself
    5xx, none      try again; `Retry-After` is honoured
"""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import quote

import httpx
import msgspec
from standardwebhooks import Webhook

from app.digest import canonical
from app.errors import DeploymentError
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.telemetry.traces import TRACEPARENT, traceparent_of

MEDIA = "application/cloudevents+json"
FEW = 3
"""Attempts after which we believe a receiver that says the request is wrong."""
AGAIN = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)
KEY_BYTES = range(24, 65)
"""How long a signing key is, by Standard Webhooks."""
LONGEST_ANSWER = 2000
"""Bytes of an answer that are read: enough to say what is wrong, and no flood."""


def cloud_event(outgoing: Outgoing, source: str) -> bytes:
    """The event as CloudEvents 1.0 in structured form: canonical JSON, the same every time."""
    return canonical(
        {
            "specversion": "1.0",
            "id": outgoing.event_id,
            "source": source,
            "type": outgoing.type,
            "subject": outgoing.subject,
            "time": outgoing.created_at.astimezone(UTC).isoformat(),
            "correlationid": outgoing.correlation_id,
            "datacontenttype": "application/json",
            "data": msgspec.Raw(outgoing.body),
        }
    )


class WebhookSender:
    """Posts to one URL; may be used by several threads.

    Args:
        url: where to.
        secret: what the receiver checks signatures with: `whsec_` and base64.
        source: who we are, in the event.
        now: the moment of signing; receivers refuse what is signed long ago.
        timeout_s: how long to wait for each step of an answer.

    Raises:
        DeploymentError: the URL or the secret is none.
    """

    def __init__(
        self, url: str, secret: str, *, source: str, now: Callable[[], datetime], timeout_s: float
    ) -> None:
        self._url = _checked(url)
        self._signing = _signing(secret)
        self._source = source
        self._now = now
        self._client = httpx.Client(
            timeout=timeout_s, follow_redirects=False, headers={"User-Agent": "tollgate"}
        )

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(self, outgoing: Outgoing) -> Sent:
        """Post it.

        Raises:
            NotSentError: there was no answer, or it was not 2xx.
        """
        body = cloud_event(outgoing, self._source)
        try:
            with self._client.stream(
                "POST", self._url, content=body, headers=self._headers(outgoing, body)
            ) as answer:
                if answer.is_success:
                    return Sent()
                raise self._refusal(answer)
        except httpx.HTTPError as error:
            why = f"no answer: {type(error).__name__}: {error}"
            raise NotSentError(why.strip(": "), retry=True) from error

    def _headers(self, outgoing: Outgoing, body: bytes) -> dict[str, str]:
        moment = self._now().astimezone(UTC)
        trace = traceparent_of(outgoing.correlation_id)
        return {
            **({TRACEPARENT: trace} if trace else {}),
            "Content-Type": MEDIA,
            "X-Correlation-Id": quote(outgoing.correlation_id, safe=" !#$&'*+,-./:;=?@^_`|~()[]"),
            "webhook-id": outgoing.event_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": self._signing.sign(outgoing.event_id, moment, body.decode()),
        }

    def _refusal(self, answer: httpx.Response) -> NotSentError:
        status = answer.status_code
        detail = f"it answered {status}: {_excerpt(answer)}".strip(": ")
        if status in AGAIN or answer.is_server_error:
            return NotSentError(detail, retry=True, after_s=self._asked(answer))
        if status == HTTPStatus.GONE:
            return NotSentError(detail, retry=False)
        return NotSentError(detail, retry=True, most_attempts=FEW)

    def _asked(self, answer: httpx.Response) -> float | None:
        """How long it asks us to wait: seconds, or until a moment; what is neither asks nothing."""
        said = answer.headers.get("Retry-After", "").strip()
        if said.isascii() and said.isdigit():
            return float(said[:9])
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max((until - self._now()).total_seconds(), 0.0)


def _checked(url: str) -> str:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise DeploymentError(f"the webhook's URL cannot be read: {error}") from None
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise DeploymentError(f"{url!r} is no webhook's URL; allowed: https://host/path")
    return url


def _signing(secret: str) -> Webhook:
    """The library would take anything for base64 and sign with what is left of it."""
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if len(key) not in KEY_BYTES:
        raise DeploymentError(
            f"the webhook's secret cannot be read; allowed: `whsec_` and base64 of "
            f"{KEY_BYTES.start} to {KEY_BYTES.stop - 1} bytes"
        )
    return Webhook(key)


def _excerpt(answer: httpx.Response) -> str:
    """The beginning of what it says, on one line."""
    found = b""
    for part in answer.iter_bytes():
        found += part
        if len(found) >= LONGEST_ANSWER:
            break
    return " ".join(found[:LONGEST_ANSWER].decode(errors="replace").split())
