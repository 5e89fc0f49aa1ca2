"""How a billing system without a connector of its own is spoken to, as data.

Five requests are described: how an invoice is found, made and posted, how a draft is taken away
again, and how invoices are watched; and where in the answers number, state and amounts stand. Texts
hold names in braces: `{reference}`, `{customer in parties}` (looked up in one of the file's
tables), in headers `{secret erp_key}`.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from app.billing.posted import State

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Meaning = Literal["none", "refused", "again", "wrong key"]
"""What an answer's status means: there is no such invoice; never ask this again; ask later."""
Lines = Literal["lines", "charges", "taxes"]
"""Every line of the invoice, those that are no tax, or the taxes."""

# One field's name tells the forms apart in the file: see `authoring/files/connector_files`.


class Text(msgspec.Struct, frozen=True, tag=True):
    """A text; names in braces are replaced."""

    text: str


class Number(msgspec.Struct, frozen=True, tag=True):
    """A text that is a number, written as one."""

    number: str


class Flag(msgspec.Struct, frozen=True, tag=True):
    """Yes or no."""

    flag: bool


class References(msgspec.Struct, frozen=True, tag=True):
    """The references asked for, as a list of texts."""


class Each(msgspec.Struct, frozen=True, tag=True):
    """One of something for every line of the invoice."""

    each: Lines
    make: "Form"


class Encoded(msgspec.Struct, frozen=True, tag=True):
    """A form as JSON in URL-safe base64, as Tryton wants its domains."""

    base64_json: "Form"


class ListOf(msgspec.Struct, frozen=True, tag=True):
    """Several forms."""

    items: tuple["Form", ...]


class MapOf(msgspec.Struct, frozen=True, tag=True):
    """Keys and forms."""

    entries: tuple[tuple[str, "Form"], ...]


Form = Text | Number | Flag | References | Each | Encoded | ListOf | MapOf


class RestCall(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request."""

    method: Method
    path: str
    """Behind the system's URL; what is put into it is quoted."""
    query: tuple[tuple[str, Form], ...] = ()
    headers: Mapping[str, str] = {}
    body: Form | None = None
    invoices_at: str | None = None
    """Where the invoices stand in the answer: `data.items`, `.` for the whole answer. None where
    the answer says nothing: then the invoice is read back."""


class AnswerPlaces(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where in an invoice of the system each thing stands: `totals.due`, `lines.0.id`."""

    external_id: str
    reference: str
    number: str
    state: str
    total: str
    amount_due: str
    currency: str
    changed_at: str = ""
    """An RFC 3339 moment; empty where the system does not say."""


class RestMapping(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind", tag="rest"
):
    """One billing system."""

    system: str
    """What people call it; it stands in every error."""
    url: str
    headers: Mapping[str, str] = {}
    """Sent with every request."""
    tables: Mapping[str, Mapping[str, str]] = {}
    find: RestCall
    create: RestCall
    post: RestCall
    withdraw: RestCall | None = None
    """Deletes or cancels a draft that a doubled request left; a request that the system refuses
    once the invoice is posted. Without it a person is told of every double."""
    receivables: RestCall | None = None
    """Asks about many references at once; without it each is found by itself."""
    at_once: int = 50
    """How many references one request of `receivables` asks about."""
    answer: AnswerPlaces
    states: Mapping[str, State]
    """The system's word for a state to ours; another word is refused."""
    statuses: Mapping[str, Meaning] = {}
    """What differs from the usual meaning of an HTTP status."""
    says: str = ""
    """Where a refusal says why: `error.message`; empty tries the usual places."""
    rate_digits: int = 4
    timeout_seconds: int = 30
