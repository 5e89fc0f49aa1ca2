"""Exception to credit: what went wrong with a unit, what it stopped, and what that cost us."""

from collections.abc import Iterable, Iterator

from app.evidence.correlation.told import rank
from app.evidence.facts.fact import Fact
from app.evidence.facts.papers import ExceptionReport
from app.explanation.flows.known import Known, TakenDecision, waiting_on
from app.explanation.flows.stage import Act, Flow, Step, Waiting, stages_of
from app.family.document import DocumentKind
from app.judgement.decision import Hold

EXCEPTION_TO_CREDIT = "exception_to_credit"


def exceptions_to_credit(known: Known) -> tuple[Flow, ...]:
    """One flow for each exception of the unit, by its number."""
    words: dict[str, list[Fact]] = {}
    for fact in sorted(known.unit.facts.values(), key=rank):
        if isinstance(fact.said, ExceptionReport):
            words.setdefault(fact.said.exception, []).append(fact)
    return tuple(_flow(known, number, facts) for number, facts in sorted(words.items()))


def _flow(known: Known, number: str, facts: list[Fact]) -> Flow:
    opened = [fact for fact in facts if _is_open(fact)]
    resolved = () if _is_open(facts[-1]) else known.acts(facts[-1:])
    steps = (
        Step(
            name="exception",
            acts=known.acts(opened or facts)[:1],
            otherwise=Waiting(waits_for="the exception itself", owner="ops"),
        ),
        _hold(known, facts),
        _resolved(known, facts, resolved),
        _credited(known, opened, resolved),
    )
    return Flow(flow=EXCEPTION_TO_CREDIT, subject=number, stages=stages_of(steps))


def _is_open(fact: Fact) -> bool:
    return isinstance(fact.said, ExceptionReport) and fact.said.open


def _hold(known: Known, facts: Iterable[Fact]) -> Step:
    """The first decision that was held because of it."""
    ids = {fact.fact_id for fact in facts}
    held = next((each.act for each in known.decisions if any(_because(each, ids))), None)
    return Step(
        name="held",
        acts=(held,) if held else (),
        otherwise=Waiting(waits_for="a decision about the unit", owner="billing"),
        # Where it was decided and nothing is held, no rule stops for such an exception.
        needed=held is not None or not known.decisions,
    )


def _because(taken: TakenDecision, fact_ids: set[str]) -> Iterator[Hold]:
    for hold in taken.decision.holds:
        if any(evidence.fact_id in fact_ids for evidence in hold.evidence):
            yield hold


def _resolved(known: Known, facts: Iterable[Fact], resolved: tuple[Act, ...]) -> Step:
    ids = {fact.fact_id for fact in facts}
    current = known.current
    holds = list(_because(current, ids)) if current and not resolved else []
    return Step(
        name="resolved",
        acts=resolved,
        held=waiting_on(holds, current) if current and holds else None,
        otherwise=Waiting(waits_for="the word that it is settled", owner="ops"),
    )


def _credited(known: Known, opened: Iterable[Fact], resolved: tuple[Act, ...]) -> Step:
    """A credit is due only where something was billed that the exception may take back."""
    began = min((fact.occurred_at for fact in opened), default=None)
    settled = resolved[-1].at if resolved else None
    billed = known.release is not None and (settled is None or known.release.at < settled)
    credits_ = (
        each.release
        for each in known.followed
        if each.kind is DocumentKind.CREDIT and (began is None or each.release.at >= began)
    )
    cancelled = (act for said, act in known.ledger if said.state == "cancelled")
    taken_back = (*credits_, *cancelled)
    return Step(
        name="credited",
        acts=taken_back,
        otherwise=Waiting(
            waits_for="a credit, or the word that none is due", owner="billing", since=began
        ),
        needed=billed,
    )
