"""The forms of a REST mapping filled in for one invoice: pure, and the same every time."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from app.billing.billed_line import quantity_and_rate, taxed_base
from app.billing.invoice import Invoice, InvoiceLine
from app.billing.rest_mapping import (
    Each,
    Encoded,
    Flag,
    Form,
    ListOf,
    MapOf,
    Number,
    References,
    RestMapping,
    Text,
)
from app.money import EXACT

NAME = re.compile(r"\{(?P<name>[a-z_]+)(?: in (?P<table>[a-z_]+))?\}")
SECRET = re.compile(r"\{secret (?P<secret>[A-Za-z0-9_.-]+)\}")

INVOICE_NAMES = (
    "reference", "kind", "customer", "unit", "decision_id", "currency", "total", "billed_on",
    "billed_on_year", "billed_on_month", "billed_on_day", "credits", "references",
)  # fmt: skip
LINE_NAMES = (
    "key", "code", "description", "quantity", "unit_of_measure", "rate", "amount", "tax", "clause",
    "billed_quantity", "billed_rate", "base",
)  # fmt: skip
POSTED_NAMES = ("reference", "external_id", "number")

JSON = msgspec.json.Encoder(decimal_format="number")


class NotFilledInError(Exception):
    """The invoice has something that the mapping has no answer to; a person completes it."""


class Filling:
    """The values of one request, by name."""

    def __init__(
        self,
        mapping: RestMapping,
        values: Mapping[str, str],
        lines: Iterable[InvoiceLine] = (),
        references: Iterable[str] = (),
    ) -> None:
        self._mapping = mapping
        self._values = values
        self._lines = tuple(lines)
        self._references = tuple(references)

    def text(self, text: str, quoted: Callable[[str], str] = str) -> str:
        """The text with every name replaced, each value in quotes of the caller's kind.

        Raises:
            NotFilledInError: a table does not know a value.
        """
        return NAME.sub(lambda found: quoted(self._value(found["name"], found["table"])), text)

    def form(self, form: Form) -> Any:
        """The form as JSON values; numbers are Decimals.

        Raises:
            NotFilledInError: a table does not know a value, or what must be a number is none.
        """
        match form:
            case Text(text):
                return self.text(text)
            case Number(text):
                return _number(self.text(text))
            case Flag(flag):
                return flag
            case References():
                return list(self._references)
            case Each(each, make):
                return [self._with(line).form(make) for line in _of(each, self._lines)]
            case Encoded(inner):
                return base64.urlsafe_b64encode(JSON.encode(self.form(inner))).decode()
            case ListOf(items):
                return [self.form(item) for item in items]
            case MapOf(entries):
                return {key: self.form(value) for key, value in entries}

    def _value(self, name: str, table: str | None) -> str:
        value = self._values[name]
        if table is None:
            return value
        known = self._mapping.tables[table]
        if value not in known:
            raise NotFilledInError(
                f"{value!r} is not in table `{table}` of the mapping; it knows:"
                f" {', '.join(sorted(known)) or 'nothing'}; add a line for it"
            )
        return known[value]

    def _with(self, line: InvoiceLine) -> "Filling":
        values = {**self._values, **_line_values(line, self._mapping.rate_digits)}
        return Filling(self._mapping, values)


def of_invoice(mapping: RestMapping, invoice: Invoice) -> Filling:
    """What `create` may name."""
    day = invoice.billed_on
    values = {
        "reference": invoice.reference,
        "kind": invoice.kind,
        "customer": invoice.customer,
        "unit": invoice.unit,
        "decision_id": invoice.decision_id,
        "currency": invoice.currency,
        "total": format(invoice.total.amount, "f"),
        "billed_on": day.isoformat(),
        "billed_on_year": str(day.year),
        "billed_on_month": str(day.month),
        "billed_on_day": str(day.day),
        "credits": invoice.credits,
        "references": ", ".join(f"{kind} {number}" for kind, number in invoice.references),
    }
    assert tuple(values) == INVOICE_NAMES, "the reader knows the names of an invoice"
    return Filling(mapping, values, lines=invoice.lines)


def _line_values(line: InvoiceLine, rate_digits: int) -> dict[str, str]:
    billed = quantity_and_rate(line, rate_digits=rate_digits)
    values = {
        "key": line.key,
        "code": line.code,
        "description": line.description,
        "quantity": _written(line.quantity),
        "unit_of_measure": line.unit,
        "rate": _written(line.rate),
        "amount": format(line.amount.amount, "f"),
        "tax": line.tax,
        "clause": line.clause,
        "billed_quantity": _written(billed.quantity),
        "billed_rate": _written(billed.rate),
        "base": _written(taxed_base(line)) if line.tax else "",
    }
    assert tuple(values) == LINE_NAMES, "the reader knows the names of a line"
    return values


def _of(each: str, lines: Iterable[InvoiceLine]) -> list[InvoiceLine]:
    return [line for line in lines if each == "lines" or bool(line.tax) == (each == "taxes")]


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise NotFilledInError(f"{text!r} stands where the mapping wants a number")
    return number


def _written(value: Decimal) -> str:
    return format(value.normalize(EXACT), "f")


def secrets_of(mapping: RestMapping) -> tuple[str, ...]:
    """The names of the secrets that its headers ask for, sorted."""
    calls = (
        mapping.find, mapping.create, mapping.post, mapping.withdraw, mapping.receivables,
    )  # fmt: skip
    headers = [mapping.headers, *(call.headers for call in calls if call)]
    texts = [text for each in headers for text in each.values()]
    return tuple(sorted({found["secret"] for text in texts for found in SECRET.finditer(text)}))
