"""What the customer's master data and contract say of an invoice to it, as rules see it."""

from collections.abc import Mapping

from app.evidence.correlation.master_data import said_of_customer
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.party import Place
from app.judgement.rulebook.seen import Seen
from app.pricing.contract.contract import Contract, fits_pattern


def of_customer(unit: BillableUnit, contract: Contract | None) -> Mapping[str, Seen]:
    """Tax, the invoice's address, and the numbers and terms the customer accepts."""
    place = unit.attribute("destination")
    known = isinstance(place, Place) and bool(place.region) and bool(place.country)
    profile = contract is not None and contract.invoice_profile_required
    return {
        "tax_applies": Seen(contract is not None and contract.taxed),
        "tax_place_known": Seen(known, unit.told_by("destination")),
        "tax_exempt": _yes(_word(unit, "tax_exempt")),
        "exempt_until": _word(unit, "exempt_until"),
        "invoice_profile_required": Seen(profile),
        "invoice_channel": _word(unit, "invoice_channel"),
        "invoice_to": _word(unit, "invoice_to"),
        "factoring_pending": _yes(_word(unit, "factoring_pending")),
        "customer_po_fits": _po_fits(unit, contract),
        "freight_terms_billed": _terms(unit, contract),
    }


def _word(unit: BillableUnit, name: str) -> Seen:
    """The last word on it of whoever owns the customer's master data."""
    said = said_of_customer(unit, name)
    return Seen(said.value, (said.fact_id,)) if said else Seen(None)


def _yes(seen: Seen) -> Seen:
    """What nobody told is not so."""
    return Seen(bool(seen.value), seen.fact_ids)


def _po_fits(unit: BillableUnit, contract: Contract | None) -> Seen:
    """A number that is not told fits; whether one has to be told is another question."""
    number, pattern = unit.text("customer_po"), contract.customer_po_pattern if contract else ""
    return Seen(not number or fits_pattern(number, pattern), unit.told_by("customer_po"))


def _terms(unit: BillableUnit, contract: Contract | None) -> Seen:
    agreed = contract.freight_terms_billed if contract else ()
    terms = unit.text("freight_terms")
    if not agreed:
        return Seen(value=True)
    return Seen(terms in agreed if terms else None, unit.told_by("freight_terms"))
