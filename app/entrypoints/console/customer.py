"""What a customer sees of its own charges; staff may look at the same."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import May, Person, Role
from app.entrypoints.console.pages import page
from app.errors import NotFoundError, wrong_request
from app.infrastructure.storage.customer_rows import AfterInvoice
from app.operations.house import House
from app.operations.looking.customer_view import customer_page, customer_unit_page
from app.operations.looking.rules_in_force import customers_in_force

ALLOWED = {"may": May.LOOK_AT_OWN, "or_may": (May.LOOK,)}
"""Somebody of a customer, or staff, who may look at everything."""


@get("/customer", sync_to_thread=True, include_in_schema=False, opt=ALLOWED)
def show_customer(
    request: Request[Any, Any, Any], person: NamedDependency[Person], house: NamedDependency[House]
) -> Response[bytes]:
    """Pending charges, invoices and open disputes of one customer."""
    asked = request.query_params
    customer = _whose(person, asked.get("customer", ""))
    if not customer:
        customers = customers_in_force(house)
        return page(request, "customer_choice.html", person, customers=customers)
    found = customer_page(
        house,
        customer,
        after_unit=asked.get("units_after", ""),
        after_invoice=_after_invoice(asked.get("invoices_after", "")),
        after_disputed=asked.get("disputes_after", ""),
    )
    invoice = found.after_invoice
    return page(
        request,
        "customer.html",
        person,
        found=found,
        of=_of(person, customer),
        first=_path(person, customer) if len(asked) > bool(asked.get("customer")) else "",
        more_units=_path(person, customer, units_after=found.after_unit)
        if found.after_unit
        else "",
        first_disputes=_path(person, customer) if "disputes_after" in asked else "",
        more_disputes=_path(person, customer, disputes_after=found.after_disputed)
        if found.after_disputed
        else "",
        more_invoices=_path(
            person,
            customer,
            invoices_after=f"{invoice.claimed_at.isoformat()}|{invoice.release_id}",
        )
        if invoice
        else "",
    )


@get("/customer/units/{unit:str}", sync_to_thread=True, include_in_schema=False, opt=ALLOWED)
def show_customer_unit(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    house: NamedDependency[House],
    unit: FromPath[str],
) -> Response[bytes]:
    """One unit of the customer; another's is as one that is not there."""
    customer = _whose(person, request.query_params.get("customer", ""))
    if not customer:
        raise NotFoundError(f"there is no unit {unit}")
    found = customer_unit_page(house, customer, unit)
    return page(request, "customer_unit.html", person, found=found, of=_of(person, customer))


def _whose(person: Person, asked: str) -> str:
    """Whose view is shown: one's own, and for staff whoever's they ask for."""
    if person.role is not Role.CUSTOMER:
        return asked
    if asked not in {"", person.customer}:
        raise NotFoundError(f"there is no customer {asked}")
    return person.customer


def _of(person: Person, customer: str) -> str:
    """What links carry on so that staff go on looking at the same customer."""
    return "" if person.role is Role.CUSTOMER else f"?{urlencode({'customer': customer})}"


def _path(person: Person, customer: str, **asked: str) -> str:
    whose = {} if person.role is Role.CUSTOMER else {"customer": customer}
    query = urlencode({**whose, **asked})
    return f"/customer?{query}" if query else "/customer"


def _after_invoice(text: str) -> AfterInvoice | None:
    """`2026-03-09T12:00:00+00:00|RELEASE`: behind which invoice to go on."""
    if not text:
        return None
    moment, _, release_id = text.partition("|")
    try:
        told = datetime.fromisoformat(moment)
        at = None if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        at = None
    if at is None or not release_id:
        raise wrong_request("invoices_after", "it is no place in the list", "MOMENT|RELEASE")
    return AfterInvoice(at, release_id)
