"""Destinations as people write them: what is read, and what is a mistake at which place."""

from pathlib import Path

import pytest

from app.authoring.files.destination_files import LIMITS, destinations_of, read_destinations
from app.billing.destination import Destination, Destinations, Kind, WrittenAs
from app.billing.events import BODIES
from app.billing.written import x12_210
from app.errors import FileError
from tests.unit.evidence.intake.made_up import ROOT

ERP = """
destinations:
- name: erp
  kind: connector
  connection: books
  secret: erp-key
  events: [release.claimed]
  claims: yes
  customers: [ACME, BLUEWAVE]
  limits: {most_attempts: 20, timeout_s: 60}
"""

BOOKS = """
kind: tryton
url: https://erp.example
database: books
parties: {ACME: C-100}
journal: REV
receivable account: 1.2.1
revenue account: 4.1.2
"""

HOOK = """
destinations:
- name: hook
  kind: webhook
  url: https://acme.example/hooks
  secret: acme-hook
  events: [decision.changed, message.quarantined]
"""

INVOICES = """
destinations:
- name: invoices
  kind: file
  folder: out/acme
  format: x12_210
  events: [invoice.posted]
  x12:
    sender: {qualifier: "02", id: BWTR}
    receiver: {qualifier: ZZ, id: ACME}
    scac: BWTR
    test: no
    references: {bol: BM}
    parties:
    - {role: BT, name: Acme, code_qualifier: "93", code: A1}
    charges: {linehaul: "400", fuel_surcharge: FUE}
    units: {cwt: {quantity: CW, rate: PH}}
"""


def all_of(**texts: str) -> Destinations:
    """The destinations of each partner, and a connection `books` beside each."""
    files = {f"{name}/destinations.yaml": text for name, text in texts.items()}
    books = {f"{name}/connections/books.yaml": BOOKS for name in texts}
    return destinations_of({**files, **books})


def only(text: str, partner: str = "acme") -> Destination:
    (destination,) = all_of(**{partner: text}).destinations
    return destination


def mistakes(**texts: str) -> list[str]:
    with pytest.raises(FileError) as caught:
        all_of(**texts)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_destination_says_what_differs_and_keeps_the_other_limits() -> None:
    destination = only(ERP)
    assert destination.address == "acme/erp"
    assert (destination.kind, destination.connection) == (Kind.CONNECTOR, "books")
    assert destination.claims
    assert (destination.most_attempts, destination.timeout_s) == (20, 60)
    assert (destination.first_wait_s, destination.opens_after) == (5, 5)


def test_an_x12_destination_brings_what_is_agreed_and_the_receivers_codes() -> None:
    destination = only(INVOICES)
    assert destination.format is WrittenAs.X12_210
    assert destination.exchange is not None
    assert (destination.exchange.sender, destination.exchange.receiver) == ("BWTR", "ACME")
    assert destination.exchange.qualifiers == {"bol": "BM"}
    assert [party.name for party in destination.exchange.parties] == ["Acme"]
    assert destination.codes_810 is None
    assert destination.codes_210 == x12_210.Codes(
        charges={"linehaul": "400", "fuel_surcharge": "FUE"},
        units={"cwt": x12_210.UnitCodes("CW", "PH")},
    )


def test_an_810_has_items_charges_and_taxes() -> None:
    text = INVOICES.replace("x12_210", "x12_810").split("    charges:")[0]
    text += "    items: {linehaul: LHS}\n    charges: {fuel: F060}\n    taxes: {GST of CA: GS}\n"
    codes = only(text).codes_810
    assert codes is not None
    assert (codes.items, codes.charges) == ({"linehaul": "LHS"}, {"fuel": "F060"})
    assert codes.taxes == {"GST of CA": "GS"}
    again = text.replace("fuel: F060", "linehaul: F060")
    (found,) = mistakes(acme=again)
    assert found.startswith("acme/destinations.yaml:17:15: `linehaul` stands among the items too")


def test_the_example_for_people_is_read_as_it_stands() -> None:
    readme = (ROOT / "rules" / "partners" / "README.md").read_text("utf-8")
    (example,) = [part for part in readme.split("```") if part.startswith("yaml\ndestinations:")]
    read = all_of(acme=example.removeprefix("yaml\n"))
    assert [each.kind for each in read.destinations] == ["connector", "webhook", "broker", "file"]
    limits = [getattr(read.at("acme/hook"), limit) for limit in LIMITS]
    assert limits == [getattr(read.at("acme/bus"), limit) for limit in LIMITS]


def test_nobody_wrote_destinations_and_there_are_none(tmp_path: Path) -> None:
    assert read_destinations(tmp_path) == Destinations()


def test_every_mistake_of_every_file_is_told_with_its_place() -> None:
    text = HOOK.replace("hooks", "ho oks").replace("decision.", "decisions.")
    found = mistakes(acme=text, other="destinations: x", third=HOOK.replace("webhook", "webhok"))
    assert [each.split("; ")[0] for each in found] == [
        "acme/destinations.yaml:7:12: 'decisions.changed' is not a type of event",
        "acme/destinations.yaml:5:8: 'https://acme.example/ho oks' is no url",
        "other/destinations.yaml:1:15: `destinations` is no list",
        "third/destinations.yaml:4:9: 'webhok' is not a kind",
    ]
    assert found[-1].endswith("did you mean 'webhook'?")


@pytest.mark.parametrize(
    ("text", "right", "wrong", "says"),
    [
        (HOOK, "name: hook", "name: The Hook", ":3:9: 'The Hook' is no name"),
        (HOOK, "  secret: acme-hook\n", "", ":3:3: the destination has no `secret`"),
        (HOOK, "acme-hook", "whsec_AbC==", ":6:11: `secret` is not a name"),
        (HOOK, "https://acme.example", "ftp://acme.example", ":5:8: 'ftp://acme.example/hooks'"),
        (HOOK, "https://acme", "https://me:pass@acme", "a URL without a password"),
        (HOOK, "decision.changed", "decision.chnaged", "did you mean 'decision.changed'?"),
        (HOOK, "message.quarantined", "decision.changed", "is listed twice"),
        (HOOK, "[decision.changed, message.quarantined]", "[]", "hears no `events`"),
        (HOOK, "  events", "  folder: out\n  events", "a webhook destination has no `folder`"),
        (HOOK, "  events", "  claims: yes\n  events", "cannot claim releases by itself"),
        (HOOK, "  events", "  connection: b\n  events", "has no `connection`"),
        (HOOK, "  events", "  evnts: x\n  events", "'evnts' is not a key of a destination"),
        (HOOK, "  events", "  format: csv\n  events", "`decision.changed` holds no invoice"),
        (
            HOOK,
            "  events",
            "  customers: [ACME]\n  events",
            ":8:30: `message.quarantined` is about",
        ),
        (HOOK, "  events", "  format: xml\n  events", "'xml' is not a format"),
        (ERP, "most_attempts: 20", "most_attempts: 0", "`most_attempts` is 0"),
        (ERP, "most_attempts: 20", "most_attempts: many", "'many' is not a whole number"),
        (ERP, "most_attempts: 20", "attempts: 20", "'attempts' is not a key of a limits"),
        (ERP, "most_attempts: 20", "first_wait_s: 9999", "first wait of 9999 s is longer"),
        (ERP, "connection: books", "connection: ledger", "there is no acme/connections/ledger"),
        (ERP, "  connection: books\n", "", "the destination has no `connection`"),
        (ERP, "  secret: erp-key\n", "", "the connector erp needs a `secret`"),
        (ERP, "release.claimed", "invoice.posted", "does not hear `release.claimed`"),
        (ERP, "  claims", "  format: json\n  claims", "a connector has no `format`"),
        (INVOICES, "out/acme", "out/../../etc", "a folder without `..`"),
        (INVOICES, "    test: no\n", "", "the x12 part has no `test`"),
        (INVOICES, "    scac: BWTR\n", "", "the x12 part has no `scac`"),
        (INVOICES, "scac: BWTR", "scac: bw", "'bw' is no SCAC"),
        (INVOICES, "id: ACME", "id: ACME*1", "'ACME*1' cannot stand in X12"),
        (INVOICES, "id: ACME", 'id: "1234567890123456"', "has 16 characters"),
        (INVOICES, "{bol: BM}", "{bill: BM}", "'bill' is not a references"),
        (INVOICES, ", code: A1", "", "`code` and `code_qualifier` stand together"),
        (INVOICES, "  x12:", "  x13:", "x12_210 needs an `x12` part"),
        (INVOICES, "FUE}", "FUEL}", "'FUEL' has 4 characters"),
        (INVOICES, "rate: PH", "rat: PH", "the unit `cwt` has no `rate`"),
        (INVOICES, "    receiver: {qualifier: ZZ, id: ACME}\n", "", "has no `receiver`"),
    ],
)
def test_what_nobody_could_keep_is_a_mistake(text: str, right: str, wrong: str, says: str) -> None:
    assert right in text
    found = mistakes(acme=text.replace(right, wrong, 1))
    assert any(says in each for each in found), found


def test_one_name_and_one_customers_releases_belong_to_one_destination() -> None:
    twice = ERP + ERP.removeprefix("\ndestinations:\n")
    same, claimed = mistakes(acme=twice)
    first = "acme/destinations.yaml:3:3"
    assert same.endswith(f"11:3: `acme/erp` is described already at {first}")
    assert f"releases of ACME, BLUEWAVE are claimed already by `acme/erp` at {first}" in claimed
    everybody = ERP.replace("  customers: [ACME, BLUEWAVE]\n", "")
    (found,) = mistakes(acme=ERP, other=everybody)
    assert "releases of ACME, BLUEWAVE are claimed already by `acme/erp`" in found
    apart = ERP.replace("[ACME, BLUEWAVE]", "[NORTHWIND]")
    both = all_of(acme=ERP, other=apart)
    claiming = [both.claiming(each) for each in ("ACME", "NORTHWIND", "NOBODY")]
    assert [each.address if each else "" for each in claiming] == ["acme/erp", "other/erp", ""]


def test_events_go_to_whoever_hears_them_of_this_customer() -> None:
    every = all_of(acme=ERP, audit=HOOK.replace("message.", "release.claimed, message."))

    def hearing(event: str, customer: str = "") -> list[str]:
        return [each.address for each in every.hearing(event, customer)]

    assert hearing("release.claimed", "ACME") == ["acme/erp", "audit/hook"]
    assert hearing("release.claimed", "NORTHWIND") == ["audit/hook"]
    assert hearing("release.claimed") == ["audit/hook"]
    assert hearing("message.quarantined") == ["audit/hook"]
    assert hearing("feed.silent") == []
    assert every.at("acme/erp") == every.destinations[0]
    assert every.at("acme/nothing") is None


def test_an_answer_to_a_partner_goes_to_no_other_partners_destination() -> None:
    answers = HOOK.replace("message.", "x12.acknowledged, message.")
    every = all_of(plvx=answers, audit=answers)

    def hearing(subject: str) -> list[str]:
        asked = ("x12.acknowledged", "", subject)
        return [each.address for each in every.destinations if each.hears(*asked)]

    assert hearing("plvx") == ["plvx/hook"]
    assert hearing("audit") == ["audit/hook"]
    assert hearing("brun") == []


def test_who_hears_of_some_customers_hears_nothing_that_may_be_of_others() -> None:
    text = HOOK.replace(", message.quarantined", "").replace("  url", "  customers: [ACME]\n  url")
    assert only(text).hears("decision.changed", "ACME")
    assert not only(text).hears("decision.changed", "BLUEWAVE")
    assert not only(text).hears("decision.changed")


def test_every_event_there_is_has_a_body() -> None:
    assert set(BODIES) == {
        "decision.changed",
        "unit.gone",
        "release.claimed",
        "consolidation.closed",
        "invoice.posted",
        "message.quarantined",
        "feed.silent",
        "feed.heard",
        "x12.acknowledged",
    }
