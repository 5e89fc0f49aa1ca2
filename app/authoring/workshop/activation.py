"""What a set must pass before it comes into force: its cases, and both keys agreeing on it."""

from collections.abc import Collection
from weakref import WeakKeyDictionary

from app.authoring.workshop.case_files import RuleCase
from app.authoring.workshop.case_runs import run_cases
from app.authoring.workshop.differential import VIEWS, differences
from app.digest import digest_of
from app.errors import Mistake
from app.judgement.rulebook.key import Key
from app.judgement.rulebook.model import RulePack

_proved: WeakKeyDictionary[Key, set[str]] = WeakKeyDictionary()
"""Digests of packs with their cases that passed with this very engine; proving again is waste."""


def not_proved(
    packs: Collection[RulePack],
    cases: Collection[RuleCase],
    first_key: Key,
    views: int = VIEWS,
) -> list[Mistake]:
    """Why these packs may not come into force; empty where all of them passed."""
    passed = _proved.setdefault(first_key, set())
    found: list[Mistake] = []
    for pack in packs:
        own = tuple(case for case in cases if case.folder == pack.name)
        content = digest_of((pack, own, views))
        if content in passed:
            continue
        mistakes = [*run_cases(own, pack, first_key), *differences(pack, first_key, views)]
        if not mistakes:
            passed.add(content)
        found += mistakes
    return found
