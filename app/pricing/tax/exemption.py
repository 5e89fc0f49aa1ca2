"""Whether the customer is exempt from tax, by the master data of whoever owns it."""

from datetime import date

from app.evidence.correlation.master_data import said_of_customer
from app.evidence.correlation.unit import BillableUnit
from app.pricing.tax.engine import Exemption


def exemption_of(unit: BillableUnit) -> Exemption | None:
    """The customer's exemption, valid or not; None where nobody says that it is exempt."""
    exempt = said_of_customer(unit, "tax_exempt")
    if exempt is None or not exempt.value:
        return None
    until = said_of_customer(unit, "exempt_until")
    certificate = said_of_customer(unit, "exempt_certificate")
    told = [each for each in (exempt, until, certificate) if each is not None]
    return Exemption(
        until=until.value if until and isinstance(until.value, date) else None,
        certificate=str(certificate.value) if certificate else "",
        fact_ids=tuple(dict.fromkeys(each.fact_id for each in told)),
    )
