"""Drafts come into force whole, and nothing in force is lost by a file that was cut short."""

import msgspec
import pytest

from app.errors import FileError
from app.operations.accept_editions import Drafts, accept_editions
from app.operations.decide_unit import decide_unit
from app.operations.house import House
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts


def without_rule(rule_id: str) -> Drafts:
    packs = tuple(
        msgspec.structs.replace(
            pack, rules=tuple(rule for rule in pack.rules if rule.rule_id != rule_id)
        )
        for pack in drafts().packs
    )
    return msgspec.structs.replace(drafts(), packs=packs)


def test_the_same_drafts_again_change_nothing(house: House) -> None:
    assert accept_editions(house, drafts()) == ()


def test_a_rule_that_vanished_from_the_files_stays_in_force(house: House) -> None:
    with pytest.raises(FileError, match="POD-1 is in force, and the drafts no longer have it"):
        accept_editions(house, without_rule("POD-1"))
    assert accept_editions(house, drafts()) == ()


def test_a_rule_that_is_said_to_be_withdrawn_goes(house: House) -> None:
    said = msgspec.structs.replace(without_rule("POD-1"), withdrawn=frozenset({"POD-1"}))
    assert {each.kind for each in accept_editions(house, said)} == {"rules"}


def test_a_card_that_vanished_stays_in_force_until_it_is_withdrawn(house: House) -> None:
    cards = tuple(card for card in drafts().cards if card.customer != "NORTHWIND")
    fewer = msgspec.structs.replace(drafts(), cards=cards)
    with pytest.raises(FileError, match="card NORTHWIND is in force"):
        accept_editions(house, fewer)
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    assert decide_unit(house, "N1").decision.total is not None
    accept_editions(house, msgspec.structs.replace(fewer, withdrawn=frozenset({"card NORTHWIND"})))
    codes = [hold.code for hold in decide_unit(house, "N1").decision.holds]
    assert codes == ["RATE_NOT_FOUND"]
