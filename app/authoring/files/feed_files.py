"""The feeds of a partner as people write them, `rules/partners/P/feeds.yaml`.

    partner: acme               # the folder's name
    feeds:
      status:                   # the feed is acme/status
        format: csv
        mapping: milestones     # a file under mappings/, the partner's or the standard one
        system: carrier

What may be said of a feed is what `Feed` declares; secrets are named here and never written.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from app.authoring.files import located_yaml
from app.authoring.files.located_yaml import Node, Scalar
from app.authoring.files.mapping_files import mapping_of
from app.authoring.files.mapping_values import one_document
from app.authoring.files.struct_fields import MISSING, read_value
from app.authoring.files.typed_fields import Fields, Notes
from app.errors import FileError, Place
from app.evidence.intake.feed import Feed
from app.evidence.intake.mapped.model import Mapping as FileMapping
from app.evidence.intake.mapped.reading import READ_BY_MAPPING
from app.evidence.intake.mapped.shapes import declared

FILE_NAME = "feeds.yaml"
MAPPINGS = "/mappings/"
"""What stands in the name of every mapping file and of no other."""

_address = re.compile(r"[a-z0-9][a-z0-9_-]*")
SIGNATURES = ("standard_webhooks",)
BY_PLACE = ("partner", "name")
"""Fields of a feed that its folder and its key say."""


def mappings_and_feeds_of(
    texts: Mapping[str, str], notes: Notes
) -> tuple[tuple[FileMapping, ...], tuple[Feed, ...]]:
    """What the mapping files and, by them, the files of feeds say; mistakes are noted.

    Args:
        texts: by the name of each file: `acme/feeds.yaml`, `acme/mappings/wms.yaml`.
        notes: takes the mistakes.
    """
    before = len(notes.mistakes)
    files = sorted(texts.items())
    read = [mapping_of(file, text, notes) for file, text in files if MAPPINGS in file]
    mappings = tuple(mapping for mapping in read if mapping is not None)
    if len(notes.mistakes) > before:
        return mappings, ()  # a mapping with a mistake would be missing for its feeds too
    feeds = tuple(
        feed
        for file, text in files
        if file.endswith(f"/{FILE_NAME}") and MAPPINGS not in file
        for feed in feeds_of(file, text, mappings, notes)
    )
    return mappings, feeds


def feeds_of(
    file: str, text: str, mappings: Collection[FileMapping], notes: Notes
) -> tuple[Feed, ...]:
    """The feeds in a text; mistakes are noted.

    Args:
        file: `acme/feeds.yaml`.
        text: the whole file.
        mappings: every mapping there is.
        notes: takes the mistakes.
    """
    try:
        top = one_document(located_yaml.load(text, file), notes, Place(file=file))
    except FileError as error:
        notes.mistakes += error.mistakes
        return ()
    return _feeds(file.split("/", maxsplit=1)[0], top, mappings, notes) if top else ()


def _feeds(
    partner: str, top: Node, mappings: Collection[FileMapping], notes: Notes
) -> tuple[Feed, ...]:
    fields = Fields(top, notes, "feeds file")
    name = fields.scalar("partner")
    if name and name.text != partner:
        notes.add(name.place, f"`partner` is {name.text!r}", f"the folder's name, {partner}")
    node = fields.node("feeds")
    if node is None:
        notes.add(fields.place, "the file has no `feeds`", "NAME: {format: ...}")
    pairs = Fields(node, notes, "feeds").map.entries if node else ()
    fields.finish()
    found = (_feed(partner, key, below, mappings, notes) for key, below in pairs)
    return tuple(feed for feed in found if feed is not None)


def _feed(
    partner: str, name: Scalar, node: Node, mappings: Collection[FileMapping], notes: Notes
) -> Feed | None:
    before = len(notes.mistakes)
    if not _address.fullmatch(name.text):
        what = f"{name.text!r} is no name of a feed"
        notes.add(name.place, what, "small letters, digits, - and _")
    fields = Fields(node, notes, "feed")
    values: dict[str, Any] = {"partner": partner, "name": name.text}
    for field in declared(Feed).fields:
        if field.name in BY_PLACE:
            continue
        below = fields.node(field.name)
        if below is None and field.required:
            notes.add(name.place, f"feed `{name.text}` has no `{field.name}`")
        elif below is not None:
            value = read_value(field.type, below, notes, field.name)
            values |= {field.name: value} if value is not MISSING else {}
    fields.finish()
    if len(notes.mistakes) > before:
        return None
    feed = Feed(**values)
    _check(feed, fields, mappings, notes)
    return feed


def _check(feed: Feed, fields: Fields, mappings: Collection[FileMapping], notes: Notes) -> None:
    """Whether what is said of the feed goes together."""
    mapped = feed.format in READ_BY_MAPPING
    node = fields.scalar("mapping", needed=mapped)
    if node and not mapped:
        notes.add(node.place, f"a feed of {feed.format} needs no mapping")
    elif node:
        _check_mapping(feed, node, mappings, notes)
    if mapped and not feed.system:
        notes.add(fields.place, f"feed `{feed.name}` has no `system`", "tms, wms, carrier, erp")
    _check_signature(feed, fields, notes)
    _check_pull(feed, fields, notes)
    for key in ("in_flight", "backlog", "silent_after_minutes"):
        scalar = fields.scalar(key, needed=False)
        if scalar and scalar.text == "0":
            notes.add(scalar.place, f"`{key}` is 0", "1 or more")


def _check_mapping(
    feed: Feed, node: Scalar, mappings: Collection[FileMapping], notes: Notes
) -> None:
    usable = {each.name: each for each in mappings if each.partner == "standard"}
    usable |= {each.name: each for each in mappings if each.partner == feed.partner}
    if node.text not in usable:
        notes.wrong_word(node, "mapping of this partner or of the standard", tuple(usable))
    elif (form := usable[node.text].format) is not feed.format:
        notes.add(node.place, f"mapping `{node.text}` reads {form}, the feed is {feed.format}")


def _check_pull(feed: Feed, fields: Fields, notes: Notes) -> None:
    """Whether a question can be asked: of a URL, now and then, from where the last answer ended."""
    node = fields.node("pull")
    if feed.pull is None or node is None:
        return
    if not feed.pull.url.startswith(("https://", "http://")):
        notes.add(node.place, f"{feed.pull.url!r} cannot be asked", "https://host/path")
    if feed.pull.every_minutes < 1:
        notes.add(node.place, "`every minutes` is less than 1", "1 or more")
    if feed.pull.cursor and not feed.pull.since:
        what = "a `cursor` is read and never asked with"
        notes.add(node.place, what, "`since`: the query parameter that takes it")
    if feed.signature:
        notes.add(node.place, "an answer is not signed as a webhook is", "no `signature`")


def _check_signature(feed: Feed, fields: Fields, notes: Notes) -> None:
    scalar = fields.scalar("signature", needed=False)
    if scalar and scalar.text not in SIGNATURES:
        notes.wrong_word(scalar, "signature", SIGNATURES)
    if bool(feed.signature) != bool(feed.secret):
        what = "`signature` and `secret` are said together or not at all"
        notes.add(fields.place, what, "the name of a secret, never the secret itself")
