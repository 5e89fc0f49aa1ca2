"""The sender of each destination, made when it is first needed, with its secret read."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Protocol, Self, runtime_checkable

import msgspec

from app.billing.destination import Destination, WrittenAs, written_for
from app.billing.events import X12_ACKNOWLEDGED, X12Acknowledged
from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.digest import digest_of
from app.errors import DeploymentError, UnwritableInvoiceError
from app.infrastructure.secrets import read_secret
from app.infrastructure.sending.file import EXTENSION, FileSender
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sender
from app.infrastructure.sending.webhook import WebhookSender, cloud_event

Make = Callable[[Destination, str], Sender]
"""Makes the sender of a destination with its secret; empty where it names none."""


@runtime_checkable
class WithConnections(Protocol):
    """A sender that holds connections open."""

    def close(self) -> None:
        """Close them."""
        ...


class Senders:
    """Senders by destination; whoever opens them closes them.

    A destination that was changed, or whose secret was, gets a new sender; the old one may still be
    sending and is closed with all others.

    Args:
        secrets: the folder of secrets.
        tenant: whose events they are.
        now: the clock that signatures are dated by.
        makers: how senders of further kinds are made: `broker`, `connector`.
    """

    def __init__(
        self,
        secrets: Path | None,
        tenant: str,
        now: Callable[[], datetime],
        *,
        makers: Mapping[str, Make] | None = None,
    ) -> None:
        self._secrets = secrets
        self._source = f"/tollgate/{tenant}"
        self._now = now
        self._makers = {"webhook": self._webhook, "file": self._file, **(makers or {})}
        self._made: dict[str, tuple[str, Sender]] = {}
        self._open = ExitStack()
        self._making = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __call__(self, destination: Destination) -> Sender:
        """The destination's sender.

        Raises:
            DeploymentError: its secret is missing, or nothing here can send to it.
        """
        secret = read_secret(self._secrets, destination.secret) if destination.secret else ""
        form = digest_of((destination, secret))
        with self._making:
            before, sender = self._made.get(destination.address, ("", None))
            if sender is None or before != form:
                sender = self._maker(destination)(destination, secret)
                self._made[destination.address] = (form, sender)
                if isinstance(sender, WithConnections):
                    self._open.callback(sender.close)
            return sender

    def close(self) -> None:
        """Close every connection."""
        self._open.close()

    def _maker(self, destination: Destination) -> Make:
        if destination.kind in self._makers:
            return self._makers[destination.kind]
        known = ", ".join(sorted(self._makers))
        raise DeploymentError(
            f"nothing here sends to a {destination.kind}, as {destination.address} is; "
            f"what can be sent to: {known}"
        )

    def _webhook(self, destination: Destination, secret: str) -> Sender:
        if not secret:
            raise DeploymentError(
                f"{destination.address} names no secret; a webhook is always signed"
            )
        return WebhookSender(
            destination.url,
            secret,
            source=self._source,
            now=self._now,
            timeout_s=destination.timeout_s,
        )

    def _file(self, destination: Destination, secret: str) -> Sender:
        del secret
        if destination.format is WrittenAs.JSON:
            form: Callable[[Outgoing], bytes] = partial(cloud_event, source=self._source)
        else:
            form = partial(_invoice, destination)

        def written(outgoing: Outgoing) -> tuple[bytes, str]:
            if outgoing.type == X12_ACKNOWLEDGED:
                return _acknowledgement(outgoing), EXTENSION[WrittenAs.X12_810]
            return form(outgoing), EXTENSION[destination.format]

        return FileSender(Path(destination.folder), written)


class _Invoiced(msgspec.Struct, frozen=True, kw_only=True):
    """What of an event's body is written; the rest is for who reads JSON."""

    invoice: Invoice
    number: str = ""
    posted: PostedInvoice | None = None

    @property
    def number_outside(self) -> str:
        """What the billing system calls it; empty before one does."""
        return self.posted.number if self.posted else self.number


_invoiced = msgspec.json.Decoder(_Invoiced)


def _acknowledgement(outgoing: Outgoing) -> bytes:
    """The very 997: whoever reads X12 from a folder reads no JSON around it."""
    told = msgspec.json.decode(outgoing.body, type=X12Acknowledged)
    return told.acknowledgement.encode("ascii")


def _invoice(destination: Destination, outgoing: Outgoing) -> bytes:
    """The invoice in the event, in the destination's form; the same bytes for the same event.

    Raises:
        NotSentError: there is none, or the form has no place or code for something of it; trying
            again cannot help.
    """
    try:
        found = _invoiced.decode(outgoing.body)
        return written_for(
            destination,
            found.invoice,
            number=found.number_outside,
            control_number=outgoing.number,
            written_at=outgoing.created_at,
        )
    except msgspec.ValidationError as error:
        why = f"the event holds no invoice to write: {error}"
        raise NotSentError(why, retry=False) from error
    except UnwritableInvoiceError as error:
        raise NotSentError(str(error), retry=False) from error
