"""A pack as readable English, checklist by checklist."""

from collections.abc import Iterator

from app.judgement.rulebook.model import RulePack
from app.reports.rules.pages import ShownRule, name_shown, pack_shown


def pack_in_words(pack: RulePack) -> Iterator[str]:
    """The pack's lines: names it derives, then every rule under its checklist."""
    yield f"Rules of {pack.name}: {len(pack.rules)} rules, {len(pack.derived)} names of their own"
    for name in map(name_shown, pack.derived):
        yield ""
        yield f"  {name.name} is {name.how}"
        yield f"      {name.says} ({name.owner}; {name.written_at})"
    for file in pack_shown(pack, pack).files:
        for checklist in file.checklists:
            yield ""
            yield checklist.title
            for rule in checklist.rules:
                yield f"  {rule.rule_id}  {rule.sentence}"
                yield f"      {_about(rule)}"


def _about(rule: ShownRule) -> str:
    """Who owns the rule, what the hold is, and where the rule stands."""
    parts = [rule.title, f"owner {rule.owner}"]
    if rule.hold is not None:
        severity = "warn" if rule.hold.warns else "block"
        parts.append(f"{severity}, due in {rule.hold.due_hours} h")
        parts.append(f"worked by {rule.ask or rule.hold.owner}")
    return "; ".join([*parts, rule.written_at])
