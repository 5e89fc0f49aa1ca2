"""A pack as readable English, checklist by checklist."""

from collections.abc import Iterator

from app.judgement.rulebook.model import Rule, RulePack
from app.judgement.rulebook.sentences import rule_in_words
from app.judgement.rulebook.words import derivation_in_words


def pack_in_words(pack: RulePack) -> Iterator[str]:
    """The pack's lines: names it derives, then every rule under its checklist."""
    yield f"Rules of {pack.name}: {len(pack.rules)} rules, {len(pack.derived)} names of their own"
    for derived in pack.derived:
        whose = "" if derived.entity == "unit" else f" of a {derived.entity.replace('_', ' ')}"
        yield ""
        yield f"  {derived.name.replace('_', ' ')}{whose} is {derivation_in_words(derived)}"
        yield f"      {derived.says} ({derived.owner}; {derived.written_at})"
    titles = dict.fromkeys(
        rule.checklist for rule in sorted(pack.rules, key=lambda rule: rule.written_at)
    )
    for title in titles:
        yield ""
        yield title
        for rule in pack.rules:
            if rule.checklist == title:
                yield f"  {rule.rule_id}  {rule_in_words(rule, pack)}"
                yield f"      {_about(rule, pack)}"


def _about(rule: Rule, pack: RulePack) -> str:
    """Who owns the rule, what the hold is, and where the rule stands."""
    parts = [rule.say, f"owner {rule.owner}"]
    kind = next((each for each in pack.holds if each.code == rule.hold), None)
    if kind is not None:
        parts.append(f"{kind.severity.value}, due in {kind.due_hours} h")
        parts.append(f"worked by {rule.ask or kind.owner}")
    return "; ".join([*parts, rule.written_at])
