"""A fuel surcharge that the card has and the invoices of the unit went out without."""

from collections.abc import Iterator

from app.evidence.correlation.journey import Journey
from app.pricing.entitlement.deadline import claim_deadline
from app.pricing.entitlement.found import Entitlement, FaultClass, Times
from app.pricing.entitlement.made import Scene
from app.pricing.lines.charge import Rated
from app.pricing.shapes.fuel import Fuel


def fuel_missed(scene: Scene, rated: Rated) -> Iterator[Entitlement]:
    """Each fuel surcharge that has a price and no line on any invoice.

    Args:
        scene: the unit and the lines that are billed by now.
        rated: the unit as it is priced now.
    """
    day = Journey(scene.unit).service_date
    if not scene.billed or day is None:
        return
    codes = {term.charge for term in scene.terms if isinstance(term, Fuel)}
    # What was agreed to be credited of it is owed to the customer, not to us.
    own = [each for each in rated.charges if each.code in codes and not each.of_dispute]
    for line in own:
        if line.amount.amount and line.key not in scene.billed:
            times = Times(
                fault=FaultClass.NONE,
                because="it is owed with the freight, whoever caused what",
                evidence=line.inputs,
            )
            yield Entitlement(
                entitlement=scene.id_of(line.code, line.subject),
                unit=scene.unit.unit,
                charge=line.code,
                subject=line.subject,
                quantity=line.quantity,
                counted_in=line.unit,
                amount=line.amount,
                working=line.formula,
                clause=line.clause,
                times=times,
                service_day=day,
                deadline=claim_deadline(scene.contract, line.code, day),
            )
