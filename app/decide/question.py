"""A dossier priced, and seen as rules see it: the question that both keys answer."""

from datetime import UTC, date

import msgspec

from app.dossier import Dossier, Editions
from app.evidence.correlation.journey import Journey
from app.evidence.correlation.surroundings import surroundings_of
from app.evidence.correlation.unit import BillableUnit, unit_of
from app.family.family import Family
from app.judgement.provisional_amounts import LastKnown, asks_for_last_known
from app.judgement.rulebook.key import Answer
from app.judgement.rulebook.looked import Looked
from app.judgement.rulebook.model import RulePack, in_force
from app.judgement.rulebook.second_key import second_key_for
from app.judgement.rulebook.seen import View
from app.judgement.rulebook.view import view_of
from app.pricing.contract.contract import Contract, for_storage
from app.pricing.entitlement.made import Scene
from app.pricing.entitlement.standing import NOTHING_EXTRA, Extra, standing_of
from app.pricing.lines.charge import Rated
from app.pricing.reckoned.methods import methods_of


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A priced unit and the rules in force, ready to be judged."""

    dossier: Dossier
    editions: Editions
    unit: BillableUnit
    siblings: tuple[BillableUnit, ...]
    """The other units of its load."""
    rated: Rated
    contract: Contract | None
    """The customer's contract, if it is in force on the day that counts."""
    family: Family
    """What was billed for the unit before."""
    pack: RulePack
    view: View
    last_known: LastKnown | None = None
    """The unit at the last known prices, where rules may bill these instead of missing ones."""
    extra: Extra = NOTHING_EXTRA
    """The life of each extra service, and what nobody claims."""


def prepare(dossier: Dossier, editions: Editions) -> Question:
    """The unit folded, priced and seen as rules see it."""
    unit = unit_of(dossier.unit, (linked.fact for linked in dossier.facts), editions.authority)
    siblings = tuple(
        unit_of(sibling.unit, sibling.facts, editions.authority) for sibling in dossier.siblings
    )
    as_of = dossier.policy_at.astimezone(UTC).date()
    service_date = Journey(unit).service_date
    contract = editions.contract
    if contract is not None and not contract.covers(service_date or as_of):
        contract = None
    if contract is not None and unit.kind == "storage":
        contract = for_storage(contract)
    doubts = [(each.doubt, each.fact) for each in dossier.doubts]
    family = Family(documents=dossier.family)
    opened = family.open_provisional
    until = opened.expires_at if opened else dossier.provisional_until
    around_it = surroundings_of(dossier.surroundings, editions.authority, dossier.billed_as, until)
    pack = in_force(editions.rules, as_of, service_date)
    methods = methods_of(dossier.methods)
    scene = Scene(
        unit=unit,
        siblings=siblings,
        market=dossier.market,
        card=editions.card,
        known_on=dossier.known_on or date.max,
        contract=contract,
        methods=methods,
        billed=frozenset(family.live_lines),
    )

    def seen(priced: Rated, extra: Extra, billed: Family) -> View:
        at, stand = dossier.policy_at, methods.bills_stand
        return view_of(
            unit, doubts, priced, contract, at, around_it, billed, extra, bills_stand=stand
        )

    rated, extra = standing_of(scene, dossier.policy_at)
    last_known = None
    if asks_for_last_known(pack, rated):
        at_last = msgspec.structs.replace(scene, last_known=True)
        estimate, of_estimate = standing_of(at_last, dossier.policy_at)
        view = seen(estimate, of_estimate, Family())
        last_known = LastKnown(rated=estimate, view=view)
    return Question(
        dossier=dossier,
        editions=editions,
        unit=unit,
        siblings=siblings,
        rated=rated,
        contract=contract,
        family=family,
        pack=pack,
        view=seen(rated, extra, family),
        last_known=last_known,
        extra=extra,
    )


def second_answer(question: Question) -> tuple[Answer, Looked]:
    """The second key's answer, and everything that it saw."""
    looked = second_key_for(question.pack).looked(question.view)
    return Answer(firings=looked.firings), looked
