"""A billing system that a mapping file describes: `billing/rest_mapping` says in what words.

For a system whose REST takes an invoice in one request and answers JSON. What a request did is
taken from its answer where the mapping says where it stands, and read back where it does not.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

import msgspec

from app.billing.invoice import Invoice
from app.billing.posted import PostedInvoice
from app.billing.rest_forms import SECRET, Filling, NotFilledInError, of_invoice
from app.billing.rest_mapping import RestCall, RestMapping
from app.infrastructure.sending.erp_http import WHY, ErpHttp, NoneThereError, RefusedError, at
from app.measures import Instant
from app.money import payable

JSON_WITHOUT_FLOATS = msgspec.json.Decoder(float_hook=Decimal)


class MappedConnector:
    """One billing system, by its mapping and the secrets that the mapping names.

    Raises:
        KeyError: the mapping names a secret that is not given; whoever resolves them says so first.
    """

    def __init__(self, mapping: RestMapping, secrets: Mapping[str, str]) -> None:
        self._mapping = mapping
        self._secrets = secrets
        self._http = ErpHttp(
            system=mapping.system,
            url=mapping.url,
            headers={
                name: self._header(text, Filling(mapping, {}))
                for name, text in mapping.headers.items()
            },
            timeout_seconds=mapping.timeout_seconds,
            statuses={int(status): meaning for status, meaning in mapping.statuses.items()},
            says=(mapping.says,) if mapping.says else WHY,
        )

    @property
    def settles_within_s(self) -> float:
        """As long as whoever asked would have waited for the answer."""
        return self._http.ends_within_s

    @property
    def withdraws(self) -> bool:
        """Where its mapping says how."""
        return self._mapping.withdraw is not None

    def find(self, reference: str) -> tuple[PostedInvoice, ...]:
        """Every invoice under this reference; a search that finds others as well is narrowed."""
        filling = Filling(self._mapping, {"reference": reference})
        try:
            found = self._ask(self._mapping.find, filling)
        except NoneThereError:
            return ()
        return tuple(each for each in found or () if each.reference == reference)

    def create(self, invoice: Invoice) -> PostedInvoice:
        """Make a draft of it."""
        try:
            made = self._ask(self._mapping.create, of_invoice(self._mapping, invoice))
        except NotFilledInError as error:
            raise self._http.failed(f"cannot be sent it: {error}", retry=False) from error
        return self._one(self.find(invoice.reference) if made is None else made, invoice.reference)

    def post(self, draft: PostedInvoice) -> PostedInvoice:
        """Post it, and read it back: where it was refused it may be posted already."""
        refused: RefusedError | None = None
        try:
            posted = self._ask(self._mapping.post, self._of(draft))
        except NoneThereError:
            posted = None
        except RefusedError as error:
            posted, refused = None, error
        if posted is not None:
            return self._one(posted, draft.reference)
        ours = self._again(draft)
        if refused is not None and ours and ours[0].state == "draft":
            raise refused
        return self._one(ours, draft.reference)

    def withdraw(self, draft: PostedInvoice) -> None:
        """Ask it as the mapping says, and read back where it was refused."""
        call = self._mapping.withdraw
        assert call is not None, "who withdraws has asked whether the system does"
        try:
            self._ask(call, self._of(draft))
        except NoneThereError:
            return
        except RefusedError:
            if any(each.state != "cancelled" for each in self._again(draft)):
                raise

    def receivables(
        self, references: Sequence[str], *, changed_since: Instant | None = None
    ) -> tuple[PostedInvoice, ...]:
        """What became of them; what the system does not say a moment of is never left out."""
        return tuple(
            each
            for each in self._asked_about(references)
            if not changed_since or not each.changed_at or each.changed_at >= changed_since
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _of(self, draft: PostedInvoice) -> Filling:
        values = {
            "reference": draft.reference,
            "external_id": draft.external_id,
            "number": draft.number,
        }
        return Filling(self._mapping, values)

    def _again(self, draft: PostedInvoice) -> list[PostedInvoice]:
        """The same one as it is now; nothing where it is gone."""
        found = self.find(draft.reference)
        return [each for each in found if each.external_id == draft.external_id]

    def _asked_about(self, references: Sequence[str]) -> list[PostedInvoice]:
        call = self._mapping.receivables
        if call is None:
            return [each for reference in references for each in self.find(reference)]
        found: list[PostedInvoice] = []
        for start in range(0, len(references), self._mapping.at_once):
            batch = references[start : start + self._mapping.at_once]
            answered = self._ask(call, Filling(self._mapping, {}, references=batch)) or ()
            found += [each for each in answered if each.reference in batch]
        return found

    def _ask(self, call: RestCall, filling: Filling) -> tuple[PostedInvoice, ...] | None:
        """The invoices in the answer; None where the mapping does not say where they stand."""
        answer = self._http.ask(
            call.method,
            filling.text(call.path, quoted=lambda value: quote(value, safe="")),
            query=[
                (name, value)
                for name, form in call.query
                for value in _in_query(filling.form(form))
            ],
            headers={name: self._header(text, filling) for name, text in call.headers.items()},
            body=None if call.body is None else filling.form(call.body),
        )
        if call.invoices_at is None:
            return None
        found = at(self._decoded(answer), call.invoices_at)
        if found is None:
            # Taken for an answer that there is none, it would have the invoice created again.
            what = f"answered without invoices: nothing stands at `{call.invoices_at}`"
            raise self._http.failed(what, retry=True)
        records = found if isinstance(found, list) else [found]
        return tuple(self._invoice(record) for record in records)

    def _decoded(self, answer: bytes) -> Any:
        try:
            return JSON_WITHOUT_FLOATS.decode(answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._http.failed(f"answered what is no JSON: {error}", retry=False) from error

    def _invoice(self, record: Any) -> PostedInvoice:
        places = self._mapping.answer
        word = self._said(record, places.state, "state")
        state = self._mapping.states.get(word)
        if state is None:
            known = ", ".join(self._mapping.states)
            what = f"says that an invoice is {word!r}; the mapping's `states` know {known}"
            raise self._http.failed(what, retry=False)
        currency = self._said(record, places.currency, "currency")
        changed = at(record, places.changed_at) if places.changed_at else None
        try:
            return PostedInvoice(
                reference=self._said(record, places.reference, "reference"),
                external_id=self._said(record, places.external_id, "external id"),
                number=_text(at(record, places.number)),
                state=state,
                total=payable(_decimal(at(record, places.total)), currency),
                amount_due=payable(_decimal(at(record, places.amount_due)), currency),
                changed_at=_moment(changed) if changed is not None else None,
            )
        except ValueError as error:
            what = f"answered an invoice that is not understood: {error}"
            raise self._http.failed(what, retry=False) from error

    def _said(self, record: Any, place: str, thing: str) -> str:
        value = _text(at(record, place))
        if not value:
            what = f"answered an invoice without {thing}: nothing stands at `{place}`"
            raise self._http.failed(what, retry=False)
        return value

    def _one(self, found: Sequence[PostedInvoice], reference: str) -> PostedInvoice:
        if len(found) != 1:
            what = f"has {len(found)} invoices {reference} where one is meant"
            raise self._http.failed(what, retry=not found)
        return found[0]

    def _header(self, text: str, filling: Filling) -> str:
        """Its names and secrets replaced, each in its own place: no value can name a secret."""
        parts = SECRET.split(text)
        known = [
            self._secrets[part] if odd % 2 else filling.text(part) for odd, part in enumerate(parts)
        ]
        return "".join(known)


def _in_query(value: Any) -> list[str]:
    """A list is given as the same parameter several times."""
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _text(value: Any) -> str:
    """A text or a number as a text; nothing where there is none."""
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(_text(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} stands where an amount belongs") from None
    return number


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} is a time without an offset")
    return moment
