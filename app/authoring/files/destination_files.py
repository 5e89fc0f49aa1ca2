"""`rules/partners/P/destinations.yaml`: what a partner hears, where, and in which form.

Every mistake of every file is reported at once, each at its line and column. A key that means
nothing for the kind of destination is a mistake too: it would promise what nobody keeps.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from app.authoring.files.connection_files import connection_of
from app.authoring.files.destination_x12 import words_of, x12_parts
from app.authoring.files.located_yaml import Mapping as Map
from app.authoring.files.located_yaml import Node, Scalar, Sequence, load
from app.authoring.files.typed_fields import Fields, Notes
from app.billing.destination import (
    Connection,
    Destination,
    Destinations,
    Kind,
    WrittenAs,
)
from app.billing.events import (
    BODIES,
    OF_A_CUSTOMER,
    RELEASE_CLAIMED,
    WITH_INVOICE,
    X12_ACKNOWLEDGED,
)
from app.billing.tryton_settings import TrytonSettings
from app.errors import FileError, Mistake, Place

FILE_NAME = "destinations.yaml"
CONNECTIONS = "connections"
THING = "destination"
X12 = (WrittenAs.X12_810, WrittenAs.X12_210)
LIMITS = (
    "most_attempts",
    "first_wait_s",
    "longest_wait_s",
    "timeout_s",
    "opens_after",
    "in_flight",
)
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.WEBHOOK: ("url", "secret"),
    Kind.BROKER: ("subject",),
    Kind.FILE: ("folder",),
    Kind.CONNECTOR: ("connection",),
}
ALLOWED: Mapping[Kind, tuple[str, ...]] = {
    Kind.WEBHOOK: (),
    Kind.BROKER: ("url", "secret"),
    Kind.FILE: (),
    Kind.CONNECTOR: ("secret",),
}
LARGEST_LIMIT = 1_000_000

_name = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_schemes: Mapping[Kind, tuple[str, ...]] = {
    Kind.WEBHOOK: ("https", "http"),
}


def read_destinations(folder: Path) -> Destinations:
    """The destinations under `rules/partners`; none where nobody wrote any.

    Raises:
        FileError: with every mistake of every file.
    """
    files = [*folder.glob(f"*/{FILE_NAME}"), *folder.glob(f"*/{CONNECTIONS}/*.yaml")]
    return destinations_of(
        {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in sorted(files)}
    )


def destinations_of(texts: Mapping[str, str]) -> Destinations:
    """The destinations in texts, by the name of each file: `acme/destinations.yaml`.

    Billing systems are described beside them: `acme/connections/books.yaml`.

    Raises:
        FileError: with every mistake of every file.
    """
    notes = Notes()
    found: list[tuple[Destination, Place]] = []
    connections: dict[str, Connection] = {}
    for file, text in sorted(texts.items()):
        if f"/{CONNECTIONS}/" in file:
            _connect(file, text, connections, notes)
            continue
        partner = file.split("/", maxsplit=1)[0]
        found += [
            (destination, node.place)
            for node in _listed(file, text, notes)
            if (destination := _read(Fields(node, notes, THING), partner)) is not None
        ]
    _look_across(found, notes)
    _look_beside(found, connections, notes)
    if notes.mistakes:
        raise FileError("the destinations cannot be accepted", notes.once())
    return Destinations(
        destinations=tuple(destination for destination, _ in found), connections=connections
    )


def _connect(file: str, text: str, connections: dict[str, Connection], notes: Notes) -> None:
    address = file.removesuffix(".yaml").replace(f"/{CONNECTIONS}/", "/")
    try:
        connections[address] = connection_of(text, file)
    except FileError as error:
        notes.mistakes += error.mistakes or [Mistake(place=Place(file=file), what=str(error))]


def _look_beside(
    found: list[tuple[Destination, Place]], connections: Mapping[str, Connection], notes: Notes
) -> None:
    """Every connector has its connection, with the secret that its system asks for."""
    for destination, place in found:
        if not destination.connection:
            continue
        connection = connections.get(f"{destination.partner}/{destination.connection}")
        if connection is None:
            name = f"{destination.partner}/{CONNECTIONS}/{destination.connection}.yaml"
            notes.add(place, f"there is no {name}", "a file that says how its system is reached")
        elif isinstance(connection, TrytonSettings) != bool(destination.secret):
            what = "needs a `secret`" if isinstance(connection, TrytonSettings) else "has none"
            mend = "a Tryton is asked with one key; a rest connection names its own secrets"
            notes.add(place, f"the connector {destination.name} {what}", mend=mend)


def _listed(file: str, text: str, notes: Notes) -> Iterable[Node]:
    """The entries under `destinations`."""
    try:
        documents = load(text, file)
    except FileError as error:
        notes.mistakes += error.mistakes
        return ()
    if len(documents) != 1:
        notes.add(Place(file=file), f"{len(documents)} documents", "one document")
        return ()
    top = Fields(documents[0], notes, "file of destinations")
    node = top.node("destinations")
    top.finish()
    if isinstance(node, Sequence):
        return node.items
    if isinstance(documents[0], Map):
        place = node.place if node else documents[0].place
        notes.add(place, "`destinations` is no list", "- name: ... for each destination")
    return ()


def _read(fields: Fields, partner: str) -> Destination | None:
    """None where its kind is not known: what else it needs would be a guess."""
    kind = fields.word("kind", words_of(Kind))
    return _destination(fields, partner, Kind(kind)) if kind else None


def _destination(fields: Fields, partner: str, kind: Kind) -> Destination:
    form = _format(fields, kind)
    events = _events(fields, form)
    exchange, codes_810, codes_210 = x12_parts(fields, form) if form in X12 else (None,) * 3
    destination = Destination(
        partner=partner,
        name=_called(fields),
        kind=kind,
        events=events,
        url=_place_text(fields, "url", kind),
        subject=_place_text(fields, "subject", kind),
        folder=_place_text(fields, "folder", kind),
        format=form,
        secret=_named(fields, "secret", kind),
        connection=_named(fields, "connection", kind),
        customers=tuple(scalar.text for scalar in fields.words("customers")),
        claims=_claims(fields, kind),
        exchange=exchange,
        codes_810=codes_810,
        codes_210=codes_210,
    )
    destination = msgspec.structs.replace(destination, **_limits(fields))
    if kind is Kind.CONNECTOR and RELEASE_CLAIMED not in events:
        what = f"a connector makes invoices, and does not hear `{RELEASE_CLAIMED}`"
        fields.notes.add(fields.place, what, mend="add it to `events`")
    if destination.first_wait_s > destination.longest_wait_s:
        waits = f"{destination.first_wait_s} s is longer than {destination.longest_wait_s} s"
        fields.notes.add(fields.place, f"its first wait of {waits}, its longest")
    fields.finish()
    return destination


def _called(fields: Fields) -> str:
    scalar = fields.scalar("name")
    if scalar and not _name.fullmatch(scalar.text):
        allowed = "lower case letters, digits, - and _, up to 60"
        fields.notes.add(scalar.place, f"{scalar.text!r} is no name", allowed)
    return scalar.text if scalar else ""


def _only_for(fields: Fields, key: str, kind: Kind) -> Scalar | None:
    """The value of a key that some kinds need, some allow, and others do not have."""
    needed = key in NEEDED[kind]
    if needed or key in ALLOWED[kind]:
        return fields.scalar(key, needed=needed)
    if (node := fields.node(key)) is not None:
        kinds = [each for each in Kind if key in (*NEEDED[each], *ALLOWED[each])]
        what = f"a {kind} destination has no `{key}`"
        fields.notes.add(node.place, what, f"of {', '.join(kinds)}")
    return None


def _place_text(fields: Fields, key: str, kind: Kind) -> str:
    scalar = _only_for(fields, key, kind)
    if scalar is None:
        return ""
    wrong = _wrong_url(scalar.text, _schemes.get(kind)) if key == "url" else ""
    if key == "folder" and ".." in Path(scalar.text).parts:
        wrong = "a folder without `..`"
    if wrong or scalar.text.split() != [scalar.text]:
        fields.notes.add(scalar.place, f"{scalar.text!r} is no {key}", wrong or "without blanks")
    return scalar.text


def _wrong_url(text: str, schemes: tuple[str, ...] | None) -> str:
    """What is allowed, where the text is no URL of one of the schemes (None allows any)."""
    allowed = f"{' or '.join(schemes or ('nats', 'kafka', 'amqp'))}://host/..."
    try:
        parts = urlsplit(text)
        host, password = parts.hostname, parts.password
    except ValueError:
        return allowed
    if not host or not parts.scheme or (schemes and parts.scheme not in schemes):
        return allowed
    return "a URL without a password: name a `secret`" if password else ""


def _named(fields: Fields, key: str, kind: Kind) -> str:
    """The name of a secret, which stands in no file here, or of a connection beside it."""
    scalar = _only_for(fields, key, kind)
    if scalar is None:
        return ""
    if not _name.fullmatch(scalar.text):
        allowed = f"the name of a {key}: lower case letters, digits, - and _"
        fields.notes.add(scalar.place, f"`{key}` is not a name", allowed)
        return ""
    return scalar.text


def _format(fields: Fields, kind: Kind) -> WrittenAs:
    scalar = fields.scalar("format", needed=False)
    form = WrittenAs(fields.word("format", words_of(WrittenAs), WrittenAs.JSON))
    if scalar and kind is Kind.CONNECTOR:
        fields.notes.add(scalar.place, "a connector has no `format`; its system has its own")
    return form


def _events(fields: Fields, form: WrittenAs) -> tuple[str, ...]:
    scalars = fields.words("events")
    if not scalars:
        allowed = f"some of {', '.join(BODIES)}"
        fields.notes.add(fields.place, "the destination hears no `events`", allowed)
    # A 997 is X12 already, and stands in a folder of files as it is.
    with_form = (*WITH_INVOICE, X12_ACKNOWLEDGED)
    allowed_events = tuple(BODIES) if form is WrittenAs.JSON else with_form
    for scalar in scalars:
        if scalar.text not in BODIES:
            fields.notes.wrong_word(scalar, "type of event", tuple(BODIES))
        elif scalar.text not in allowed_events:
            what = f"`{scalar.text}` holds no invoice and cannot be written as {form}"
            fields.notes.add(scalar.place, what, ", ".join(with_form))
        elif scalar.text not in OF_A_CUSTOMER and fields.node("customers") is not None:
            what = f"`{scalar.text}` is about no customer, and only some `customers` are heard of"
            fields.notes.add(scalar.place, what, ", ".join(OF_A_CUSTOMER))
    texts = [scalar.text for scalar in scalars]
    for at, scalar in enumerate(scalars):
        if scalar.text in texts[:at]:
            fields.notes.add(scalar.place, f"`{scalar.text}` is listed twice")
    return tuple(dict.fromkeys(texts))


def _claims(fields: Fields, kind: Kind) -> bool:
    claims = fields.yes_no("claims", default=False)
    if claims and kind is not Kind.CONNECTOR and (node := fields.node("claims")):
        what = f"a {kind} destination cannot claim releases by itself"
        fields.notes.add(node.place, what, "of connector")
    return claims


def _limits(fields: Fields) -> dict[str, int]:
    """What is given under `limits`; the rest keeps its default."""
    node = fields.node("limits")
    if node is None:
        return {}
    limits = Fields(node, fields.notes, "limits")
    found = {key: _limit(limits, key) for key in LIMITS if limits.node(key) is not None}
    limits.finish()
    return found


def _limit(limits: Fields, key: str) -> int:
    value = limits.whole(key)
    scalar = limits.scalar(key)
    if scalar and scalar.text.isdecimal() and not 1 <= value <= LARGEST_LIMIT:
        limits.notes.add(scalar.place, f"`{key}` is {scalar.text}", f"1 to {LARGEST_LIMIT}")
    return value


def _look_across(found: list[tuple[Destination, Place]], notes: Notes) -> None:
    """What only shows between destinations: a name twice, releases that two would claim."""
    named: dict[str, Place] = {}
    claiming: list[tuple[Destination, Place]] = []
    for destination, place in found:
        if destination.name and destination.address in named:
            first = named[destination.address]
            notes.add(place, f"`{destination.address}` is described already at {first}")
        named.setdefault(destination.address, place)
        for other, at in claiming if destination.claims else ():
            if both := _both(destination, other):
                what = f"releases of {both} are claimed already by `{other.address}` at {at}"
                notes.add(place, what, "one destination that claims a customer's releases")
        if destination.claims:
            claiming.append((destination, place))


def _both(one: Destination, other: Destination) -> str:
    """The customers of both, in words; empty where there are none."""
    if not one.customers and not other.customers:
        return "everybody"
    if not one.customers or not other.customers:
        return ", ".join(one.customers or other.customers)
    return ", ".join(sorted(set(one.customers) & set(other.customers)))
