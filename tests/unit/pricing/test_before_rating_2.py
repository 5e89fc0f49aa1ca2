"""What a dossier that was decided before `rating_2` comes to, so that it replays as it was."""

import yaml

from app.pricing.rating.rate import price
from app.pricing.reckoned.methods import Methods
from tests.unit.pricing.test_money_cases import CASES, card_of, told_in


def test_what_was_claimed_for_a_whole_load_was_owed_by_each_shipment() -> None:
    text = (CASES / "claimed-for-a-load.yaml").read_text(encoding="utf-8")
    case = next(yaml.load_all(text, yaml.CBaseLoader))
    card, (units, market, known_on) = card_of(case), told_in(case)
    for unit in units.values():
        siblings = tuple(units.values())
        assert not price(unit, siblings, market, card, known_on).charges
        before = price(unit, siblings, market, card, known_on, methods=Methods(shares_proved=False))
        assert before.charges
        assert not before.unpriced
