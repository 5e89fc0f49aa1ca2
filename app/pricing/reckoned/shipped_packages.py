"""The packages of a unit that are billed, and what is read of them.

A package whose label was voided never moved. One that is only planned may still move, so it
has no price until somebody reports that it did or that it was voided.
"""

import msgspec

from app.evidence.correlation.packages import MeasuredPackage
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Charge, Input, Unpriced
from app.pricing.lines.wording import number
from app.pricing.reckoned.occasion import Occasion, Working, charged, unpriced

VOIDED = "voided"


def shipped_packages(
    occasion: Occasion, term: Term
) -> tuple[tuple[MeasuredPackage, ...], tuple[Unpriced, ...]]:
    """The packages that moved, and what keeps others from having a price."""
    told = occasion.unit.packages
    standing = tuple(each for each in told if each.status.strip().lower() != VOIDED)
    if not standing:
        what = "every package of it was voided" if told else "nobody tells its packages"
        why = f"{occasion.unit.unit} is billed by package, and {what}"
        return (), (unpriced(term, "no_quantity", why),)
    planned = tuple(
        unpriced(
            term,
            "no_quantity",
            f"package {each.package} is planned, and nobody reports that it moved",
            each.package,
            package_told(each),
        )
        for each in standing
        if not each.really
    )
    return tuple(each for each in standing if each.really), planned


def service_of(occasion: Occasion, package: MeasuredPackage) -> str:
    """The service level of the package, else of the whole shipment; empty where nobody says."""
    return package.service or occasion.unit.text("service")


def package_told(package: MeasuredPackage) -> tuple[Input, ...]:
    """What was measured of the package, each with the fact whose word counts."""
    values = {
        "weight": str(package.weight) if package.weight else "",
        "sides": " x ".join(number(each) for each in package.sides),
        "service": package.service,
        "residential": {True: "yes", False: "no", None: ""}[package.residential],
    }
    found = tuple(
        Input(name=f"{name} of {package.package}", value=value, fact_ids=(package.told_by[name],))
        for name, value in values.items()
        if value
    )
    return found or (Input(name="package", value=package.package, fact_ids=package.fact_ids),)


def charged_package(occasion: Occasion, term: Term, working: Working) -> Charge:
    """The line of one package, which is no extra service although it has a subject."""
    line = charged(occasion, term, working)
    return msgspec.structs.replace(line, of_package=bool(line.subject))
