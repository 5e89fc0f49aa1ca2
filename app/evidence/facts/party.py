"""Who takes part: customers, bill-to parties, places."""

from datetime import date

import msgspec


class Place(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Where freight is picked up or delivered, as the source wrote it."""

    name: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    """State or province, two letters."""
    postal_code: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    zone: str = ""
    """The IANA time zone of a facility, where the source names it: `America/Chicago`."""

    def __str__(self) -> str:
        """`West Allis WI` or as much as is known."""
        return " ".join(part for part in (self.city.title(), self.region) if part) or self.name


class Party(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A company named in a message, by code where the message has one."""

    name: str = ""
    code: str = ""


class Customer(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="customer",
    tag_field="entity",
):
    """Master data of a customer, owned by the ERP. Natural key: `customer`."""

    customer: str
    legal_name: str | None = None
    credit_status: str | None = None
    """`good` or `hold`."""
    currency: str | None = None
    terms_days: int | None = None
    tax_exempt: bool | None = None
    exempt_until: date | None = None
    """The last day of the exemption certificate."""
    exempt_certificate: str | None = None
    """Its number."""
    invoice_channel: str | None = None
    """`edi`, `email`, `portal`, ..."""
    invoice_to: str | None = None
    """Whom or what the invoice is addressed to there."""
    factoring_pending: bool | None = None
    """Whether an assignment of its invoices waits for finance to say where they are paid."""
