"""Drafts come into force whole, and nothing in force is lost by a file that was cut short."""

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.billing.destination import Destination, Destinations, Kind
from app.entrypoints.api.probes import is_ready
from app.entrypoints.drafts import bring_into_force
from app.errors import FileError
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import Condition, Literal, Operator, RulePack, ValueType
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import View
from app.operations.changing.accept_editions import Drafts, accept_editions
from app.operations.changing.editions_in_force import destinations_in_force
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.pricing.rating.card import RateCard
from app.pricing.shapes.cwt_breaks import CwtBreaks
from app.settings import Settings
from tests.integration.operations import northwind as nw
from tests.integration.operations.conftest import drafts

NEVER = (
    Condition(
        name="cancelled",
        operator=Operator.IS,
        literals=(Literal(value_type=ValueType.YES_NO, text="no"),),
    ),
)
"""An exception that is met wherever the rule applies."""


def without_rule(rule_id: str) -> Drafts:
    packs = tuple(
        msgspec.structs.replace(
            pack, rules=tuple(rule for rule in pack.rules if rule.rule_id != rule_id)
        )
        for pack in drafts().packs
    )
    cases = tuple(case for case in drafts().cases if rule_id not in case.fires)
    return msgspec.structs.replace(drafts(), packs=packs, cases=cases)


def test_the_same_drafts_again_change_nothing(house: House) -> None:
    assert accept_editions(house, drafts()) == ()


def test_a_rule_that_vanished_from_the_files_stays_in_force(house: House) -> None:
    with pytest.raises(FileError, match="POD-1 is in force, and the drafts no longer have it"):
        accept_editions(house, without_rule("POD-1"))
    assert accept_editions(house, drafts()) == ()


def test_rules_that_do_not_do_what_their_cases_say_are_not_accepted(house: House) -> None:
    def loosened(pack: RulePack) -> RulePack:
        rules = tuple(
            msgspec.structs.replace(rule, unless=NEVER) if rule.rule_id == "POD-1" else rule
            for rule in pack.rules
        )
        return msgspec.structs.replace(pack, rules=rules)

    worse = msgspec.structs.replace(drafts(), packs=tuple(map(loosened, drafts().packs)))
    with pytest.raises(FileError, match=r"delivery.cases.yaml:\d+:1: .*POD-1 does not fire"):
        accept_editions(house, worse)
    assert accept_editions(house, drafts()) == ()


class ForgetfulKey:
    """An engine that loses the firings of one rule."""

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        right = second_key_for(pack).judge(view)
        return Answer(firings=tuple(each for each in right.firings if each.rule_id != "STP-1"))


class DeadKey:
    """An engine that never answers."""

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        return NoAnswer(why=f"dead before {pack.name} and {len(view.items)} items")


def test_a_set_over_which_the_keys_differ_is_refused_with_rule_and_view(house: House) -> None:
    forgetful = replace(house, first_key=ForgetfulKey())
    with pytest.raises(FileError) as refused:
        accept_editions(forgetful, changed())
    said = str(refused.value)
    assert "only the second key fires STP-1 about stop:" in said
    assert "made-up view" in said
    assert "times possible" in said.replace("_", " ")
    assert accept_editions(house, drafts()) == ()


def test_a_set_to_which_the_engine_has_no_answer_is_refused(house: House) -> None:
    with pytest.raises(FileError, match="the engine gives no answer: dead"):
        accept_editions(replace(house, first_key=DeadKey()), changed())


def test_what_is_in_force_is_not_proved_again(house: House) -> None:
    assert accept_editions(replace(house, first_key=DeadKey()), drafts()) == ()


def test_drafts_that_are_refused_are_told_until_they_are_mended(
    house: House, tmp_path: Path
) -> None:
    shutil.copytree(Settings().rules, tmp_path / "rules")
    path = tmp_path / "rules" / "standard" / "price.yaml"
    good = path.read_text(encoding="utf-8")
    settings = Settings(rules=tmp_path / "rules")

    path.write_text(good.replace("QUOTE_MISMATCH", "QUOTE_MISMACH", 1), encoding="utf-8")
    bring_into_force(settings, house)
    assert "did you mean 'QUOTE_MISMATCH'?" in house.drafts.refused
    ask: Any = is_ready.fn  # Litestar's type says that it may be awaited
    assert b"QUOTE_MISMACH" in ask(house).content

    path.write_text(good, encoding="utf-8")
    bring_into_force(settings, house)
    assert house.drafts.refused == ""
    assert b"refused" not in ask(house).content


def changed() -> Drafts:
    """The drafts with one sentence reworded, which makes every pack a new one."""
    packs = tuple(
        msgspec.structs.replace(
            pack, rules=(msgspec.structs.replace(pack.rules[0], say="Reworded"), *pack.rules[1:])
        )
        for pack in drafts().packs
    )
    return msgspec.structs.replace(drafts(), packs=packs)


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


def with_first_rate(amount: str, **values: Any) -> Drafts:
    """The drafts with another minimum in the first row of Northwind's linehaul."""

    def changed_card(card: RateCard) -> RateCard:
        linehaul = card.charges[0]
        assert isinstance(linehaul, CwtBreaks)
        first = msgspec.structs.replace(linehaul.rates[0], minimum=Decimal(amount), **values)
        again = msgspec.structs.replace(linehaul, rates=(first, *linehaul.rates[1:]))
        return msgspec.structs.replace(card, charges=(again, *card.charges[1:]))

    cards = tuple(
        changed_card(card) if card.customer == "NORTHWIND" else card for card in drafts().cards
    )
    return msgspec.structs.replace(drafts(), cards=cards)


def test_a_price_that_was_edited_in_place_is_not_accepted(house: House) -> None:
    place = r"ratecards/NORTHWIND/tables/linehaul.csv:2: row 1 of linehaul was accepted"
    with pytest.raises(FileError, match=f"{place}.*minimum was 95.00, is 96.00"):
        accept_editions(house, with_first_rate("96.00"))
    assert accept_editions(house, drafts()) == ()


def test_a_price_that_was_corrected_from_a_later_day_is_accepted(house: House) -> None:
    (accepted,) = accept_editions(house, with_first_rate("96.00", known_from=date(2026, 4, 1)))
    assert (accepted.kind, accepted.name) == ("card", "NORTHWIND")


def drafts_with(*destinations: Destination, withdrawn: tuple[str, ...] = ()) -> Drafts:
    return msgspec.structs.replace(
        drafts(),
        destinations=Destinations(destinations=destinations),
        withdrawn=drafts().withdrawn | frozenset(withdrawn),
    )


def heard(house: House) -> list[str]:
    with house.database.reading(house.tenant) as store:
        return [each.address for each in destinations_in_force(store).destinations]


HOOK = Destination(
    partner="acme",
    name="hook",
    kind=Kind.WEBHOOK,
    events=("decision.changed",),
    url="https://acme.example/hooks",
    secret="acme-hook",
)


def test_destinations_come_into_force_and_nobody_hears_anything_before(house: House) -> None:
    assert heard(house) == []
    (accepted,) = accept_editions(house, drafts_with(HOOK))
    assert (accepted.kind, accepted.name) == ("destinations", "standard")
    assert heard(house) == ["acme/hook"]


def test_a_house_that_never_accepted_destinations_has_none(house: House) -> None:
    elsewhere = replace(house, tenant="another")
    assert heard(elsewhere) == []


def test_a_destination_that_vanished_from_the_files_still_hears(house: House) -> None:
    accept_editions(house, drafts_with(HOOK))
    with pytest.raises(FileError, match="destination acme/hook is in force, and the drafts no"):
        accept_editions(house, drafts_with())
    assert heard(house) == ["acme/hook"]
    accept_editions(house, drafts_with(withdrawn=("destination acme/hook",)))
    assert heard(house) == []
