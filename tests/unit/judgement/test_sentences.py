"""Every rule is one plain English sentence."""

from typing import Any

import msgspec
import pytest

from app.judgement.rulebook.model import Rule
from app.judgement.rulebook.sentences import rule_in_words
from app.money import of_minor_units
from tests.rule_cases import packs_we_ship

SENTENCES = {
    "POD-1": (
        "For every unit of which pod required is yes and cancelled is no, hold the invoice with "
        "POD_MISSING unless there is a document of which document type is POD and status is "
        "accepted. In force from 2016-01-01 onwards."
    ),
    "ACC-1": (
        "For every unit of which cancelled is no, keep every charge line back with "
        "ACCESSORIAL_UNAPPROVED unless its approved is yes, or needs approval is no. "
        "In force from 2016-01-01 onwards."
    ),
    "QTY-1": (
        "For every unit of which cancelled is no, hold the invoice with QTY_MISMATCH unless of "
        "every order line, if there is any, missing is at most tolerated, or settled is yes, "
        "or unless ship confirmed is no. In force from 2016-01-01 onwards."
    ),
    "QUO-1": (
        "For every unit of which cancelled is no, hold the invoice with QUOTE_MISMATCH unless "
        "rated total is at most quoted total plus quote tolerance, or unless quoted total is "
        "unknown. In force from 2016-01-01 onwards."
    ),
    "RAT-2": (
        "For every unit of which cancelled is no, hold the invoice with RATE_AMBIGUOUS unless "
        "there is certainly no item without a price of which problem is ambiguous_rate. "
        "In force from 2016-01-01 onwards."
    ),
    "NW-PRV-1": (
        "For every unit of which customer is NORTHWIND and mode is LTL and delivered is yes and "
        "cancelled is no, bill provisionally in spite of POD_MISSING, up to 1,500.00 USD and up "
        "to 5,000.00 USD in all open provisional invoices together, for 14 days and then "
        "escalate, if delivered is yes and priced is yes, and there is certainly no exception "
        "of which open is yes. In force from 2026-01-01 onwards."
    ),
}


def rule(rule_id: str) -> Rule:
    pack = packs_we_ship()["NORTHWIND"]
    return next(each for each in pack.rules if each.rule_id == rule_id)


@pytest.mark.parametrize(("rule_id", "sentence"), SENTENCES.items(), ids=SENTENCES)
def test_a_rule_reads_as_a_sentence(rule_id: str, sentence: str) -> None:
    assert rule_in_words(rule(rule_id), packs_we_ship()["NORTHWIND"]) == sentence


def test_every_rule_we_ship_reads_differently() -> None:
    for pack in packs_we_ship().values():
        sentences = {rule_in_words(each, pack) for each in pack.rules}
        assert len(sentences) == len(pack.rules)


def test_an_end_and_the_day_that_selects_are_said() -> None:
    until = msgspec.structs.replace(
        rule("POD-1"),
        effective_before=rule("NW-PRV-1").effective_from,
        edition_by="service date",
    )
    said = rule_in_words(until, packs_we_ship()["standard"])
    assert said.endswith("In force from 2016-01-01 until 2025-12-31, by the day of service.")


AMOUNTS: list[tuple[dict[str, Any], str]] = [
    ({}, "bill provisionally in spite of POD_MISSING"),
    (
        {"bills": "percent of estimate", "percent": "90"},
        "bill 90% of the estimate, provisionally in spite of POD_MISSING",
    ),
    (
        {"bills": "cost plus", "percent": "12.5"},
        "bill the carrier's cost plus 12.5%, provisionally in spite of POD_MISSING",
    ),
    (
        {"bills": "last known", "not_to_exceed": of_minor_units(120_000, "USD")},
        "bill what it comes to at the last known prices, at most 1,200.00 USD, provisionally in",
    ),
    (
        {"oldest_open_days": 30},
        "in all open provisional invoices together, none of which is 30 days old, for 14 days",
    ),
]


@pytest.mark.parametrize(("terms", "words"), AMOUNTS, ids=[words[:20] for _, words in AMOUNTS])
def test_what_a_provisional_bills_is_read_aloud(terms: dict[str, Any], words: str) -> None:
    policy = rule("NW-PRV-1")
    assert policy.provisional is not None
    said = msgspec.structs.replace(policy.provisional, **terms)
    policy = msgspec.structs.replace(policy, provisional=said)
    assert words in rule_in_words(policy, packs_we_ship()["NORTHWIND"])
