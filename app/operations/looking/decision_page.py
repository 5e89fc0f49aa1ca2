"""One stored decision as an auditor reads it, and as bytes to take along."""

from collections.abc import Collection, Iterator, Sequence

import msgspec

from app.digest import digest
from app.dossier import EditionsUsed
from app.errors import NotFoundError
from app.infrastructure.storage.rows import StoredDecision
from app.infrastructure.storage.store import Store
from app.judgement.decision import Decision
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.trace import Trace
from app.judgement.trace_as_stored import rules_asked, written_out
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.house import House
from app.reports.audit.decision_page import (
    DecisionPage,
    EditionShown,
    RulesPart,
    Size,
    facts_in_order,
    keys_shown,
    rules_part,
)
from app.reports.audit.rule_shown import rule_shown

FIRED = 0
"""In place of a part of the rules: those that fired."""


def decision_page(house: House, decision_id: str, *, rules: int | None = FIRED) -> DecisionPage:
    """A decision with everything it was computed from.

    Args:
        house: where.
        decision_id: which.
        rules: which of them are written out: `FIRED`, a part of all from 1, or None for every one.

    Raises:
        NotFoundError: there is no such decision, or no such part of its rules.
    """
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decision_id)
        stored = msgspec.json.decode(row.trace, type=Trace)
        used = msgspec.convert(stored.editions, EditionsUsed)
        edition = editions_by_digest(store, used).rules
        keys = keys_shown(msgspec.json.decode(row.answers, type=Answer | NoAnswer), stored)
        asked = rules_asked(stored, edition)
        fired = frozenset(each.rule_id for each in keys.fired)
        part = _part(asked, fired, rules) if rules else None
        shown = part.rule_ids if part else frozenset(asked) if rules is None else fired
        trace = written_out(stored, edition, lambda rule: rule.rule_id in shown)
        last = store.decisions.last_answers_of(row.unit, 1)
        return DecisionPage(
            decision=msgspec.json.decode(row.body, type=Decision),
            trace=trace,
            decided_at=row.decided_at,
            decided_by=row.actor,
            current=bool(last and last[0].decision_id == decision_id and not last[0].gone),
            claimed=bool(store.releases.claimed_by(decision_id)),
            editions=tuple(_editions(store, stored.editions, row)),
            keys=keys,
            fired=tuple(rule_shown(rule) for rule in trace.rules if rule.fired),
            silent=tuple(rule_shown(rule) for rule in trace.rules if not rule.fired),
            part=part,
            asked=len(asked),
            facts=facts_in_order(trace.facts),
            sources={fact.fact_id: fact.source for fact in trace.facts},
            sizes=tuple(_sizes(row, store.decisions.dossier(row.dossier_digest))),
        )


def _part(asked: Sequence[str], fired: Collection[str], number: int) -> RulesPart:
    part = rules_part(asked, fired, number)
    if part is None:
        raise NotFoundError(f"there is no part {number} of its {len(asked)} rules")
    return part


def decision_packet(house: House, decision_id: str) -> bytes:
    """Decision, trace, dossier and the first key's answer as JSON, each byte as it was stored.

    Raises:
        NotFoundError: there is no such decision.
    """
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decision_id)
        dossier = store.decisions.dossier(row.dossier_digest)
    parts = {"answers": row.answers, "decision": row.body, "dossier": dossier, "trace": row.trace}
    return msgspec.json.encode({name: msgspec.Raw(body) for name, body in parts.items()})


def _sizes(row: StoredDecision, dossier: bytes) -> Iterator[Size]:
    for part, body in (("dossier", dossier), ("decision", row.body), ("trace", row.trace)):
        yield Size(part=part, digest=digest(body), length=len(body))


def _editions(
    store: Store, editions: dict[str, str], row: StoredDecision
) -> Iterator[EditionShown]:
    used = {kind: each for kind, each in editions.items() if each}
    accepted = store.editions.accepted_before(tuple(used.values()), row.decided_at)
    for kind, edition in used.items():
        found = [each for each in accepted if each.digest == edition and each.kind == kind]
        # One text may be in force under several names; the customer's own decides before others.
        own = [each for each in found if each.name == row.customer] or found
        last = own[-1] if own else None
        yield EditionShown(
            kind=kind,
            name=last.name if last else "",
            digest=edition,
            accepted_at=last.accepted_at if last else None,
            accepted_by=last.actor if last else "",
        )
