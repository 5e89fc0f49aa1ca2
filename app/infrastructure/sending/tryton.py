"""Invoices in Tryton 8.2, over the REST interface it brings along (`trytond/protocols/rest.py`).

Tryton takes the same `reference` as often as it is given, so it is searched before anything is
created; create and post are two requests; what is posted cannot be posted again (400), so a refused
post is read back. A line becomes a line of one times its amount, or of its quantity and rate where
these give the amount exactly: Tryton multiplies again and rounds halves to even. A tax becomes a
manual tax line of the amount that was decided. A credit is an invoice of negative quantities whose
lines originate in those of the invoice it credits.
"""

import itertools
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from app.billing.billed_line import quantity_and_rate, taxed_base
from app.billing.invoice import Invoice, InvoiceLine
from app.billing.posted import PostedInvoice
from app.billing.tryton_settings import TrytonSettings
from app.infrastructure.sending.erp_http import ErpHttp, RefusedError
from app.infrastructure.sending.tryton_values import (
    INVOICE_FIELDS,
    TrytonId,
    TrytonInvoice,
    day_value,
    decimal_value,
    domain_value,
    moment_value,
)
from app.measures import Instant

INVOICES = "account.invoice"
AT_ONCE = 50
"""References asked about in one request: they stand in its URL."""

T = TypeVar("T")


class _OriginalLine(msgspec.Struct, frozen=True):
    id: int
    note: str | None


class _Original(msgspec.Struct, frozen=True):
    number: str | None
    lines: tuple[_OriginalLine, ...]


class _Party(msgspec.Struct, frozen=True):
    id: int
    customer_payment_term: int | None


class _Address(msgspec.Struct, frozen=True):
    id: int
    invoice: bool | int | None


_READ = (_OriginalLine, _Original, _Party, _Address, TrytonInvoice, TrytonId)
# Made known before threads begin, or two that read the first of a kind at once end the process.
_prepared = tuple(msgspec.json.Decoder(each) for each in _READ)


class TrytonConnector:
    """One Tryton, by one key of a user application that may use accounting."""

    def __init__(self, settings: TrytonSettings, key: str) -> None:
        self._settings = settings
        self._http = ErpHttp(
            system="Tryton",
            url=f"{settings.url.rstrip('/')}/{settings.database}/rest/model",
            headers={"Authorization": f"Bearer {key}"},
            timeout_seconds=settings.timeout_seconds,
            # A wrong key is 401; 403 is said of a record that somebody deletes at that moment.
            statuses={HTTPStatus.FORBIDDEN: "refused"},
            says=("message", "description"),
        )
        self._ids: dict[tuple[str, str], int] = {}
        """Of what is named in the settings; an id of Tryton never changes."""

    @property
    def settles_within_s(self) -> float:
        """As long as whoever asked would have waited for the answer."""
        return self._http.ends_within_s

    @property
    def withdraws(self) -> bool:
        """It deletes drafts."""
        return True

    def find(self, reference: str) -> tuple[PostedInvoice, ...]:
        """Every customer invoice under this reference."""
        return self._search(["reference", "=", reference])

    def create(self, invoice: Invoice) -> PostedInvoice:
        """Make a draft of it."""
        body = self._draft(invoice)
        fields = [("f", field) for field in INVOICE_FIELDS]
        answer = self._http.ask("POST", INVOICES, query=fields, body=body)
        return self._posted([self._read(answer, TrytonInvoice)])[0]

    def post(self, draft: PostedInvoice) -> PostedInvoice:
        """Post it, and read it back where Tryton refuses: it may be posted already."""
        refused: RefusedError | None = None
        try:
            self._http.ask("POST", f"{INVOICES}/{draft.external_id}/post", body={})
        except RefusedError as error:
            refused = error
        there = self._search(["id", "=", int(draft.external_id)])
        if not there:
            # Somebody who looked at the same time kept another one: it is looked for again.
            raise self._http.failed(f"has no invoice {draft.external_id} any more", retry=True)
        if refused is not None and there[0].state == "draft":
            raise refused
        return there[0]

    def withdraw(self, draft: PostedInvoice) -> None:
        """Delete it, which Tryton does to drafts without a number; read back where refused."""
        try:
            self._http.ask("DELETE", f"{INVOICES}/{draft.external_id}")
        except RefusedError:
            there = self._search(["id", "=", int(draft.external_id)])
            if there and there[0].state != "cancelled":
                raise

    def receivables(
        self, references: Sequence[str], *, changed_since: Instant | None = None
    ) -> tuple[PostedInvoice, ...]:
        """What became of them."""
        changed = [["write_date", ">=", moment_value(changed_since)]] if changed_since else []
        batches = (references[n : n + AT_ONCE] for n in range(0, len(references), AT_ONCE))
        found = (self._search(["reference", "in", list(batch)], *changed) for batch in batches)
        return tuple(itertools.chain.from_iterable(found))

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _search(self, *clauses: list[Any]) -> tuple[PostedInvoice, ...]:
        domain = [["type", "=", "out"], ["company", "=", self._company()], *clauses]
        return self._posted(self._all(INVOICES, domain, INVOICE_FIELDS, tuple[TrytonInvoice, ...]))

    def _posted(self, found: Sequence[TrytonInvoice]) -> tuple[PostedInvoice, ...]:
        try:
            return tuple(each.posted() for each in found)
        except ValueError as error:
            raise self._http.failed(
                f"has an invoice we cannot read: {error}", retry=False
            ) from None

    def _draft(self, invoice: Invoice) -> dict[str, Any]:
        code = self._party_code(invoice)
        terms = ("customer_payment_term",)
        party = self._one("party.party", "code", code, "party of code", terms, tuple[_Party, ...])
        credited = self._credited(invoice) if invoice.credits else None
        draft = {
            "type": "out",
            "company": self._company(),
            "party": party.id,
            "invoice_address": self._address(party.id, code),
            "payment_term": party.customer_payment_term,
            "account": self._account(self._settings.receivable_account),
            "currency": self._id("currency.currency", "code", invoice.currency),
            "journal": self._id("account.journal", "code", self._settings.journal),
            "reference": invoice.reference,
            "description": _title(invoice, credited),
            "comment": _comment(invoice),
            "lines": [["create", [*self._lines(invoice, credited)]]],
            "taxes": [["create", [self._tax(line) for line in invoice.lines if line.tax]]],
        }
        if self._settings.dated == "when billed":
            draft["invoice_date"] = day_value(invoice.billed_on)
        return draft

    def _lines(self, invoice: Invoice, credited: _Original | None) -> list[dict[str, Any]]:
        origins = {line.note: line.id for line in credited.lines} if credited else {}
        lines = []
        for line in (line for line in invoice.lines if not line.tax):
            account = self._settings.revenue_accounts.get(line.code, self._settings.revenue_account)
            billed = quantity_and_rate(line, rate_digits=self._settings.rate_digits)
            origin = origins.get(line.key)
            written = {
                "type": "line",
                "company": self._company(),
                "currency": self._id("currency.currency", "code", invoice.currency),
                "description": line.description,
                "note": f"{line.of_unit} {line.key}".strip(),
                "quantity": billed.quantity,
                "unit_price": decimal_value(billed.rate),
                "account": self._account(account),
            }
            lines.append(
                {**written, "origin": f"account.invoice.line,{origin}"} if origin else written
            )
        return lines

    def _tax(self, line: InvoiceLine) -> dict[str, Any]:
        account = self._settings.tax_accounts.get(line.tax)
        if account is None:
            what = f"has no account for {line.tax}: name one under `tax accounts` of the connection"
            raise self._http.failed(what, retry=False)
        return {
            "description": line.description,
            "account": self._account(account),
            "base": decimal_value(taxed_base(line)),
            "amount": decimal_value(line.amount.amount),
            "manual": True,
        }

    def _credited(self, invoice: Invoice) -> _Original:
        """The invoice that is credited; before it is posted there is nothing to credit."""
        found = [each for each in self.find(invoice.credits) if each.state in {"posted", "paid"}]
        if len(found) != 1:
            count = len(found) or "no"
            what = (
                f"has {count} posted invoice {invoice.credits}, which {invoice.reference} credits"
            )
            raise self._http.failed(what, retry=not found)
        domain = [["id", "=", int(found[0].external_id)]]
        return self._all(
            INVOICES, domain, ("number", "lines.id", "lines.note"), tuple[_Original, ...]
        )[0]

    def _party_code(self, invoice: Invoice) -> str:
        code = self._settings.parties.get(invoice.customer)
        if code is None:
            what = f"has no party for customer {invoice.customer}: name its code under `parties`"
            raise self._http.failed(f"{what} of the connection", retry=False)
        return code

    def _address(self, party: int, code: str) -> int:
        """As Tryton chooses it: the first for invoices, else the first."""
        found = self._all(
            "party.address", [["party", "=", party]], ("invoice",), tuple[_Address, ...]
        )
        if not found:
            raise self._http.failed(f"has no address for party {code}: add one there", retry=False)
        return next((each.id for each in found if each.invoice), found[0].id)

    def _account(self, code: str) -> int:
        known = self._ids.get(("account.account", code))
        if known is None:
            domain = [["company", "=", self._company()], ["code", "=", code]]
            found = self._all("account.account", domain, ("id",), tuple[TrytonId, ...])
            known = self._only("account of code", code, found).id
            self._ids["account.account", code] = known
        return known

    def _company(self) -> int:
        name = self._settings.company
        known = self._ids.get(("company.company", name))
        if known is None:
            domain = [["party.name", "=", name]] if name else []
            found = self._all("company.company", domain, ("id",), tuple[TrytonId, ...])
            known = self._only("company", name or "(name it under `company`)", found).id
            self._ids["company.company", name] = known
        return known

    def _id(self, model: str, field: str, code: str) -> int:
        known = self._ids.get((model, code))
        if known is None:
            what = f"{model} of {field}"
            known = self._one(model, field, code, what, ("id",), tuple[TrytonId, ...]).id
            self._ids[model, code] = known
        return known

    def _one(
        self,
        model: str,
        field: str,
        code: str,
        what: str,
        fields: Sequence[str],
        kind: type[tuple[T, ...]],
    ) -> T:
        return self._only(what, code, self._all(model, [[field, "=", code]], fields, kind))

    def _only(self, what: str, name: str, found: Sequence[T]) -> T:
        if len(found) != 1:
            count = "more than one" if found else "no"
            problem = f"has {count} {what} {name}: correct it there, or name another one"
            raise self._http.failed(f"{problem} in the connection", retry=False)
        return found[0]

    def _all(
        self, model: str, domain: list[Any], fields: Sequence[str], kind: type[tuple[T, ...]]
    ) -> Sequence[T]:
        query = [("d", domain_value(domain)), *(("f", field) for field in fields)]
        return self._read(self._http.ask("GET", model, query=query), kind)

    def _read(self, answer: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer, type=kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            what = f"answered what is not understood: {error}"
            raise self._http.failed(what, retry=False) from error


def _title(invoice: Invoice, credited: _Original | None) -> str:
    if credited:
        return f"Credit of {credited.number} for {invoice.unit}"
    return f"{invoice.kind.capitalize()} invoice for {invoice.unit}"


def _comment(invoice: Invoice) -> str:
    gone_by = [f"{kind.replace('_', ' ')}: {number}" for kind, number in invoice.references]
    taken_back = [f"credits: {invoice.credits}"] if invoice.credits else []
    return "\n".join([f"billed on: {invoice.billed_on.isoformat()}", *taken_back, *gone_by])
