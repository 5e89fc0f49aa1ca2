"""Mapping files and feeds: what they become, and every mistake at its place."""

import pytest

from app.authoring.files.partner_files import profiles_of
from app.digest import canonical
from app.errors import FileError
from app.evidence.intake.feed import Feed, Format, Lane, Pull
from app.evidence.intake.mapped.model import Mapping, Value
from app.evidence.intake.profile import Profiles
from tests.unit.evidence.intake.made_up import ROOT

STANDARD = "partner: standard\n"
PLAIN = """
mapping: moves
format: csv
version: moves-1
codes:
  status: {version: s-1, words: {D: delivered}}
facts:
  - entity: milestone
    occurred_at: {from: When, zone: America/Chicago}
    recorded_at: {from: When, zone: America/Chicago}
    fields:
      status: {from: Code, map: status}
"""
FEEDS = """
partner: acme
feeds:
  status: {format: csv, mapping: moves, system: carrier, silent_after_minutes: 90, lane: bulk}
"""


def profiles(mapping: str = PLAIN, feeds: str = "", folder: str = "acme") -> Profiles:
    texts = {"standard/profile.yaml": STANDARD, f"{folder}/mappings/moves.yaml": mapping}
    return profiles_of({**texts, **({"acme/feeds.yaml": feeds} if feeds else {})})


def mistakes(mapping: str = PLAIN, feeds: str = "") -> list[str]:
    with pytest.raises(FileError) as caught:
        profiles(mapping, feeds)
    return [str(mistake) for mistake in caught.value.mistakes]


def the_mapping(text: str = PLAIN) -> Mapping:
    (found,) = profiles(text).mappings
    return found


def test_a_mapping_and_a_feed_are_read_with_the_profiles() -> None:
    found = profiles(feeds=FEEDS)
    assert found.feeds == (
        Feed(
            partner="acme",
            name="status",
            format=Format.CSV,
            mapping="moves",
            system="carrier",
            silent_after_minutes=90,
            lane=Lane.BULK,
        ),
    )
    (mapping,) = found.mappings
    assert (mapping.partner, mapping.name, mapping.version) == ("acme", "moves", "moves-1")
    assert mapping.messages[0].message_id == (Value(row_digest=True),)


def test_a_partners_own_mapping_comes_before_the_standard_one() -> None:
    texts = {
        "standard/profile.yaml": STANDARD,
        "standard/mappings/moves.yaml": PLAIN,
        "acme/mappings/moves.yaml": PLAIN.replace("moves-1", "acme-1"),
    }
    found = profiles_of(texts)
    versions = {
        partner: mapping.version
        for partner in ("acme", "other")
        if (mapping := found.mapping(partner, "moves"))
    }
    assert versions == {"acme": "acme-1", "other": "moves-1"}


def test_a_feed_may_use_a_standard_mapping() -> None:
    assert profiles(folder="standard", feeds=FEEDS).feeds[0].mapping == "moves"


def test_profiles_without_mappings_keep_their_bytes() -> None:
    assert b"mappings" not in canonical(profiles_of({"standard/profile.yaml": STANDARD}))


WRONG = (
    ("format: csv", "format: cvs", "moves.yaml:3:9: 'cvs' is not a format", "did you mean 'csv'?"),
    ("entity: milestone", "entity: milestones", ":8:13: 'milestones'", "did you mean 'milestone'?"),
    ("      status: {from", "      state: {from", ":12:7: 'state' is not a field", "raw_status"),
    ("map: status}", "map: stat}", ":12:33: 'stat' is not a map", "did you mean 'status'?"),
    ("D: delivered", "D: deliverd", ":6:37: 'deliverd' is not a word", "did you mean 'delivered'?"),
    ("zone: America/Chicago", "zone: America/Chcago", ":9:37: 'America/Chcago' is no time", "IANA"),
    ("version: moves-1", "edition: moves-1", ":4:1: 'edition' is not a key", "version"),
    ("from: Code", "form: Code", ":12:16: 'form' is not a key", "did you mean 'from'?"),
    ("mapping: moves", "mapping: move", "moves.yaml:2:10: `mapping` is 'move'", "moves"),
    ("    recorded_at: {from: When, zone: America/Chicago}\n", "", "has no `recorded_at`", ""),
    ("      status: {from: Code, map: status}", "      raw_status: X", "has no `status`", "needs"),
    ("{from: Code, map: status}", "delivring", ":12:15: 'delivring' is not", "delivered"),
    ("{from: Code, map: status}", "{from: Code, is: delivered}", "needs one of `from`", ""),
    ("format: csv", "format: csv\ncsv: {header: 0}", ":4:6: either a row", "`columns`"),
    ("format: csv", "format: csv\ndates: [DD.MM.YY]", ":4:9: 'DD.MM.YY' does not say", "YYYY"),
    (
        "format: csv",
        "format: csv\nnumbers: {decimal: ',', thousands: ','}",
        "thousands and decimals have the same sign",
        "",
    ),
    (
        "format: csv",
        "format: fixed_width\nfixed_width: {length: 9, columns: {Code: {start: 8, length: 3}}}",
        "column `Code` is not within a line of 9",
        "",
    ),
    (
        "format: csv",
        "format: csv\ncsv: {header: 0, columns: [Cod, When]}",
        "'Code' is not a column",
        "did you mean 'Cod'?",
    ),
    ("format: csv", "format: json\neach: a..b", ":4:7: 'a..b' is no path", "$.id"),
)


@pytest.mark.parametrize(("right", "wrong", "what", "hint"), WRONG)
def test_every_mistake_has_its_place_and_what_is_allowed(
    right: str, wrong: str, what: str, hint: str
) -> None:
    found = mistakes(PLAIN.replace(right, wrong, 1))
    assert any(what in each and hint in each for each in found), found


WRONG_FEEDS = (
    ("mapping: moves", "mapping: move", "'move' is not a mapping", "did you mean 'moves'?"),
    ("format: csv", "format: xlsx", "mapping `moves` reads csv, the feed is xlsx", ""),
    (", system: carrier", "", "feed `status` has no `system`", "tms"),
    ("lane: bulk", "lane: slow", "'slow'", "critical"),
    ("  status: {", "  Sta/tus: {", "'Sta/tus' is no name of a feed", "small letters"),
    ("lane: bulk", "signature: standard_webhooks", "said together", "never the secret itself"),
    ("lane: bulk", "in_flight: 0", "`in_flight` is 0", "1 or more"),
    ("partner: acme", "partner: acne", "acme/feeds.yaml:2:10: `partner` is 'acne'", "acme"),
    ("lane: bulk", "lanes: bulk", "'lanes' is not a key of a feed", "did you mean 'lane'?"),
    ("format: csv, mapping: moves", "format: x12, mapping: moves", "needs no mapping", ""),
)


PULLED = """
partner: acme
feeds:
  events:
    format: cloudevents
    pull:
      url: https://tms.example/v2/events
      every minutes: 15
      secret: acme-tms
      since: updated_after
      cursor: meta.cursor
      overlap minutes: 10
      next page: links.next
"""
WRONG_PULLS = (
    ("https://tms", "ftp://tms", ":7:", "cannot be asked", "https://host/path"),
    ("every minutes: 15", "every minutes: 0", ":7:", "less than 1", "1 or more"),
    ("every minutes: 15", "every minutes: often", ":8:", "'often'", ""),
    ("      every minutes: 15\n", "", ":", "every minutes", ""),
    ("every minutes", "every_minutes", ":8:", "'every_minutes' is not a key", "every minutes"),
    ("      since: updated_after\n", "", ":7:", "is read and never asked with", "`since`"),
    (
        "    pull:",
        "    signature: standard_webhooks\n    secret: s\n    pull:",
        ":9:",
        "not signed",
        "no `signature`",
    ),
)


def test_a_feed_that_is_asked_says_how() -> None:
    (feed,) = profiles(feeds=PULLED).feeds
    assert feed.pull == Pull(
        url="https://tms.example/v2/events",
        every_minutes=15,
        secret="acme-tms",
        since="updated_after",
        cursor="meta.cursor",
        overlap_minutes=10,
        next_page="links.next",
    )
    short = "  events: {format: cloudevents, pull: {url: https://t.example, every minutes: 1}}"
    (plain,) = profiles(feeds=f"partner: acme\nfeeds:\n{short}\n").feeds
    assert plain.pull == Pull(url="https://t.example", every_minutes=1)


@pytest.mark.parametrize(("right", "wrong", "where", "what", "hint"), WRONG_PULLS)
def test_every_mistake_of_a_question_has_its_place(
    right: str, wrong: str, where: str, what: str, hint: str
) -> None:
    assert right in PULLED
    found = mistakes(feeds=PULLED.replace(right, wrong, 1))
    assert any(
        each.startswith(f"acme/feeds.yaml{where}") and what in each and hint in each
        for each in found
    ), found


def test_the_examples_for_people_are_read_as_they_stand() -> None:
    parts = (ROOT / "rules" / "partners" / "README.md").read_text("utf-8").split("```")
    (feeds,) = [part for part in parts if part.startswith("yaml\n") and "\nfeeds:\n" in part]
    (mapping,) = [part for part in parts if part.startswith("yaml\nmapping: carrier_status ")]
    read = profiles_of(
        {
            "standard/profile.yaml": STANDARD,
            "acme/feeds.yaml": feeds.removeprefix("yaml\n"),
            "acme/mappings/carrier_status.yaml": mapping.removeprefix("yaml\n"),
        }
    )
    status, events = sorted(read.feeds, key=lambda feed: feed.name, reverse=True)
    plain = Feed(partner="acme", name="status", format=Format.CSV)
    assert (status.in_flight, status.backlog) == (plain.in_flight, plain.backlog)
    assert events.pull is not None
    assert events.pull.overlap_minutes == Pull(url="", every_minutes=1).overlap_minutes


@pytest.mark.parametrize(("right", "wrong", "what", "hint"), WRONG_FEEDS)
def test_every_mistake_of_a_feed_has_its_place(
    right: str, wrong: str, what: str, hint: str
) -> None:
    found = mistakes(feeds=FEEDS.replace(right, wrong, 1))
    assert any(what in each and hint in each for each in found), found
    assert all(each.startswith("acme/feeds.yaml:") for each in found), found


def test_units_and_currencies_are_said_and_known() -> None:
    cost = """
  - entity: cost
    occurred_at: {from: When}
    recorded_at: {from: When}
    fields:
      kind: invoiced
      carrier: ABFL
      number: {from: No}
      total: {from: Sum, currency: EURO}
      weight: {from: Weight}
"""
    found = mistakes(PLAIN + cost)
    assert any("'EURO' is not a currency" in each and "'EUR'" in each for each in found), found
    assert any("weight` has no `unit`" in each and "kg" in each for each in found), found


def test_a_list_of_structs_has_conditions_of_its_own() -> None:
    moved = """
  - entity: inventory_movement
    occurred_at: {from: When}
    recorded_at: {from: When}
    fields:
      movement: {from: No}
      customer: ACME
      item: {from: Item}
      quantity: {from: Quantity}
      unit: each
      measures:
        - {when: {from: Pallets, known: yes}, unit: pallet, quantity: {from: Pallets}}
"""
    fact = the_mapping(PLAIN + moved).messages[0].facts[1]
    assert getattr(fact.fields["measures"], "entries")[0].when[0].known is True  # noqa: B009
