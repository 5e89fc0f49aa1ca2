"""The cases beside the rules we ship."""

from functools import cache
from pathlib import Path

from app.authoring.files.rule_files import load_packs
from app.authoring.workshop.case_files import RuleCase, read_cases
from app.judgement.rulebook.model import RulePack

RULES = Path(__file__).parents[1] / "rules"


@cache
def packs_we_ship() -> dict[str, RulePack]:
    """Every pack by its name."""
    return {pack.name: pack for pack in load_packs(RULES)}


def read_rule_cases() -> tuple[RuleCase, ...]:
    """Every case under rules/, each laid over the ordinary unit it starts from."""
    return read_cases(RULES, packs_we_ship().values())
