"""Cases asked of both keys; what comes out otherwise is a mistake at the case."""

from collections.abc import Collection, Iterable

from app.authoring.workshop.case_files import RuleCase
from app.errors import Mistake
from app.judgement.rulebook.key import Answer, Firing, Key, NoAnswer
from app.judgement.rulebook.model import Kind, RulePack
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.verdict import Lines, ruling_on


def run_cases(cases: Collection[RuleCase], pack: RulePack, first_key: Key) -> Iterable[Mistake]:
    """What the cases of this pack find wrong with it."""
    for case in cases:
        if case.folder == pack.name:
            yield from run_case(case, pack, first_key)


def run_case(case: RuleCase, pack: RulePack, first_key: Key) -> Iterable[Mistake]:
    """What is otherwise than the case says."""
    second = second_key_for(pack).judge(case.view)
    if difference := difference_between(first_key.judge(pack, case.view), second):
        yield Mistake(place=case.place, what=f"case {case.name!r}: {difference}")
    required = {rule.rule_id for rule in pack.rules if rule.kind is Kind.REQUIRE}
    fired = {firing.rule_id for firing in second.firings} & required
    said = set(case.fires)
    wrong = [
        *(f"{rule_id} fires, and the case does not say so" for rule_id in sorted(fired - said)),
        *(f"{rule_id} does not fire" for rule_id in sorted(said - fired)),
    ]
    split = case.view.unit.get("split_held_lines")
    splits = split is not None and split.value is True
    lines = Lines(priced=case.lines, may_wait=splits)
    ruling = ruling_on(pack, second.firings, lines)
    if ruling.verdict.value != case.verdict:
        wrong.append(f"the verdict is {ruling.verdict.value}, and the case says {case.verdict}")
    for what in wrong:
        yield Mistake(place=case.place, what=f"case {case.name!r}: {what}")


def difference_between(first: Answer | NoAnswer, second: Answer) -> str:
    """What the keys disagree about, with its evidence; empty where they agree."""
    if isinstance(first, NoAnswer):
        return f"the engine gives no answer: {first.why} {first.evidence}".strip()
    one, other = set(first.firings), set(second.firings)
    told = [
        *(f"only the engine fires {_named(each)}" for each in sorted(one - other)),
        *(f"only the second key fires {_named(each)}" for each in sorted(other - one)),
    ]
    return "; ".join(told)


def _named(firing: Firing) -> str:
    return f"{firing.rule_id} about {firing.subject}" if firing.subject else firing.rule_id
