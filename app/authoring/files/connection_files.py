"""Connections to billing systems as people write them: `kind: tryton`, or `kind: rest`.

Of a mapping everything is checked that does not need the system itself: that every name in braces
exists where it stands, that tables are there, that a secret is asked for in a header only. How a
form is written:

    "invoice {reference}"               a text
    as number: "{amount}"               a number
    as flag: yes                        true
    as list: references                 the references asked for
    as base64 json: [[...]]             anything, as JSON in URL-safe base64
    for each: charges                   one for every line, charge or tax
      make: {text: "{description}"}

Where a request arrives twice, the system may have two drafts of one invoice. `withdraw` says how
one is taken away; it may name what `post` may, and the system must refuse it once it is posted:

    withdraw:
      method: DELETE
      path: /invoices/{external_id}
"""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from app.authoring.files import located_yaml
from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence
from app.authoring.files.struct_fields import MISSING, read_struct
from app.authoring.files.typed_fields import Fields, Notes
from app.billing.destination import Connection
from app.billing.rest_forms import INVOICE_NAMES, LINE_NAMES, NAME, POSTED_NAMES, SECRET
from app.billing.rest_mapping import (
    AnswerPlaces,
    Each,
    Encoded,
    Flag,
    Form,
    ListOf,
    MapOf,
    Number,
    References,
    RestCall,
    RestMapping,
    Text,
)
from app.billing.tryton_settings import TrytonSettings
from app.errors import FileError

KINDS = ("tryton", "rest")
LINES = ("lines", "charges", "taxes")

_header_name = re.compile(r"[A-Za-z0-9-]+")


def connection_of(text: str, file: str) -> Connection:
    """The connection a file describes.

    Raises:
        FileError: with every mistake, each at its line and column.
    """
    notes = Notes()
    documents = located_yaml.load(text, file)
    if len(documents) != 1:
        raise FileError(f"{file} holds {len(documents)} documents where one belongs")
    [top] = documents
    kind = Fields(top, notes, "connection").word("kind", KINDS)
    read: Connection | None = None
    if kind == "tryton":
        read = read_struct(TrytonSettings, top, notes, "connection")
    elif kind == "rest":
        read = _mapping(top, notes)
    if read is not None:
        _check_url(read.url, top, notes)
    if notes.mistakes or read is None:
        raise FileError(f"the connection {file} cannot be accepted", notes.once())
    return read


def _mapping(top: Node, notes: Notes) -> RestMapping | None:
    tables = top.get("tables") if isinstance(top, Mapping) else None
    known = tables.keys() if isinstance(tables, Mapping) else ()

    def call(names: Collection[str], **more: bool) -> Any:
        return _CallReader(notes, known, names, **more).read

    reader = _CallReader(notes, known, ())
    return read_struct(
        RestMapping,
        top,
        notes,
        "connection",
        {
            "headers": reader.headers,
            "statuses": reader.statuses,
            "find": call(("reference",), asks=True),
            "create": call(INVOICE_NAMES, of_invoice=True),
            "post": call(POSTED_NAMES),
            "withdraw": call(POSTED_NAMES),
            "receivables": call((), listed=True, asks=True),
            "answer": lambda node: read_struct(AnswerPlaces, node, notes, "answer") or MISSING,
        },
    )


def _check_url(url: str, top: Node, notes: Notes) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.password:
        node = top.get("url") if isinstance(top, Mapping) else None
        place = (node or top).place
        allowed = "https://erp.example.com/api, without a password in it"
        notes.add(
            place,
            f"{parts._replace(netloc=parts.hostname or '').geturl()!r} is no address",
            allowed,
        )


class _CallReader:
    """Reads one request; knows what may be named in it."""

    def __init__(
        self,
        notes: Notes,
        tables: Collection[str],
        names: Collection[str],
        *,
        listed: bool = False,
        of_invoice: bool = False,
        asks: bool = False,
    ) -> None:
        self._notes = notes
        self._tables = tables
        self._names = names
        self._lists = ("references",) if listed else ()
        self._lines = LINES if of_invoice else ()
        self._asks = asks

    def read(self, node: Node) -> Any:
        """The request, or MISSING when a mistake was noted."""
        special = {
            "path": self._path,
            "query": self._query,
            "headers": self.headers,
            "body": lambda body: self._form(body, self._names),
        }
        call = read_struct(RestCall, node, self._notes, "request", special)
        if call is not None and self._asks and call.invoices_at is None:
            # What cannot be found would be created again.
            what = "a request that only asks does not say where the invoices stand"
            self._notes.add(node.place, what, "`invoices at`, `.` for the whole answer")
        return call or MISSING

    def headers(self, node: Node) -> Any:
        """Names and texts; the only place where a secret is named."""
        found = {}
        for name, value in self._pairs(node, "headers"):
            if not _header_name.fullmatch(name.text):
                self._notes.add(
                    name.place, f"{name.text!r} is no name of a header", "X-Api-Key, ..."
                )
            if isinstance(value, Scalar):
                self._check(value, SECRET.sub("", value.text), self._names)
                found[name.text] = value.text
            else:
                self._notes.add(value.place, f"header {name.text} needs one text")
        return found

    def statuses(self, node: Node) -> Any:
        """Status codes and what they mean."""
        meanings = ("none", "refused", "again", "wrong key")
        found = {}
        for status, value in self._pairs(node, "statuses"):
            if not re.fullmatch(r"[1-5][0-9][0-9]", status.text):
                self._notes.add(status.place, f"{status.text!r} is no HTTP status", "404, 409, ...")
            if isinstance(value, Scalar) and value.text in meanings:
                found[status.text] = value.text
            elif isinstance(value, Scalar):
                self._notes.wrong_word(value, "meaning of a status", meanings)
            else:
                self._notes.add(value.place, f"status {status.text} needs one word")
        return found

    def _path(self, node: Node) -> Any:
        if isinstance(node, Scalar):
            self._check(node, node.text, self._names)
            return node.text
        self._notes.add(node.place, "`path` needs one text")
        return MISSING

    def _query(self, node: Node) -> Any:
        pairs = self._pairs(node, "query")
        return tuple(
            (name.text, self._form(item, self._names))
            for name, value in pairs
            for item in (value.items if isinstance(value, Sequence) else (value,))
        )

    def _pairs(self, node: Node, thing: str) -> tuple[tuple[Scalar, Node], ...]:
        if isinstance(node, Mapping):
            return node.entries
        self._notes.add(node.place, f"`{thing}` is written as `name: value` lines")
        return ()

    def _form(self, node: Node, names: Collection[str]) -> Form:
        if isinstance(node, Scalar):
            self._check(node, node.text, names)
            return Text(node.text)
        if isinstance(node, Sequence):
            return ListOf(tuple(self._form(item, names) for item in node.items))
        match node.keys():
            case ("as number",):
                return Number(self._text(node, "as number", names))
            case ("as flag",):
                word = self._word(node, "as flag", "flag", ("yes", "no"))
                return Flag(word == "yes")
            case ("as list",):
                self._word(node, "as list", "list that may stand here", self._lists)
                return References()
            case ("as base64 json",):
                return Encoded(self._form(node.entries[0][1], names))
            case ("for each", "make"):
                each = self._word(
                    node, "for each", "list of lines that may stand here", self._lines
                )
                made = self._form(node.entries[1][1], (*names, *LINE_NAMES))
                return Each(each, made)  # type: ignore[arg-type]  # another word was noted
            case _:
                return MapOf(
                    tuple((key.text, self._form(value, names)) for key, value in node.entries)
                )

    def _word(self, node: Mapping, key: str, thing: str, allowed: Collection[str]) -> str:
        scalar = Fields(node, self._notes, "form").scalar(key)
        if scalar is not None and scalar.text not in allowed:
            self._notes.wrong_word(scalar, thing, allowed)
        return scalar.text if scalar else ""

    def _text(self, node: Mapping, key: str, names: Collection[str]) -> str:
        scalar = Fields(node, self._notes, "form").scalar(key)
        if scalar is None:
            return ""
        self._check(scalar, scalar.text, names)
        return scalar.text

    def _check(self, scalar: Scalar, text: str, names: Collection[str]) -> None:
        """Every name is known, and no brace is left over: a typo would be sent as it stands."""
        for found in NAME.finditer(text):
            if found["name"] not in names:
                name = Scalar(found["name"], scalar.place)
                self._notes.wrong_word(name, "name that may stand here", names)
            if found["table"] is not None and found["table"] not in self._tables:
                table = Scalar(found["table"], scalar.place)
                self._notes.wrong_word(table, "table of this file", self._tables)
        left = NAME.sub("", text)
        if "{" in left or "}" in left:
            allowed = "{reference}, {customer in parties}; {secret NAME} in a header"
            self._notes.add(scalar.place, f"the braces in {scalar.text!r} hold no name", allowed)
