"""What follows on an invoice, in the books: the rest of a provisional, and a part given back."""

from datetime import UTC, datetime
from decimal import Decimal

from app.billing.invoice import Invoice, invoice_of
from app.family.document import DocumentKind, DocumentLine, FamilyDocument, Planned, planned
from app.family.family import Family
from app.family.plan import plan_of
from app.infrastructure.sending.send_invoice import send_invoice
from app.money import Money
from app.pricing.lines.charge import Taxed
from tests.integration.erp.conftest import Erp
from tests.invoices import invoice, nobody_else

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def usd(text: str) -> Money:
    return Money(Decimal(text), "USD")


def a_line(key: str, amount: str) -> DocumentLine:
    return DocumentLine(
        key=key,
        code=key.split("/", maxsplit=1)[0],
        description=key,
        quantity=Decimal(1),
        unit="each",
        rate=Decimal(amount),
        amount=usd(amount),
    )


def gst(taxable: str, amount: str) -> DocumentLine:
    tax = Taxed(
        tax="GST", jurisdiction="CA", percent=Decimal(5), taxable=usd(taxable), of=("linehaul",)
    )
    line = a_line("gst/CA", amount)
    return DocumentLine(
        key=line.key,
        code=line.code,
        description=line.description,
        quantity=Decimal(taxable),
        unit="%",
        rate=Decimal(5),
        amount=usd(amount),
        tax=tax,
    )


class Books:
    """One family, each document sent as it is claimed."""

    def __init__(self, erp: Erp) -> None:
        self._connector = erp.connector()
        self._of = invoice().reference
        self.family = Family()

    def send(self, document: Planned) -> str:
        """What the billing system says that it comes to."""
        place = len(self.family.documents) + 1
        claimed = FamilyDocument(
            reference=f"{self._of}-{place}",
            kind=document.kind,
            lines=document.lines,
            total=document.total,
            claimed_at=NOON,
            decision_id="d1",
            reverses=document.reverses,
            adjusts=document.adjusts,
        )
        self.family = Family(documents=(*self.family.documents, claimed))
        posted = send_invoice(self._connector, self._written(claimed), nobody_else)
        assert posted.state in {"posted", "paid"}
        return str(posted.total)

    def _written(self, document: FamilyDocument) -> Invoice:
        return invoice_of(document, customer="ACME", unit=f"shipment {self._of}")


def test_the_true_up_and_the_credits_of_a_family_are_posted_to_the_cent(erp: Erp) -> None:
    books = Books(erp)
    first = (a_line("linehaul", "1850.00"), a_line("fuel_surcharge", "462.50"))
    assert books.send(planned(DocumentKind.PROVISIONAL, first, "USD")) == "2,312.50 USD"
    # 2,444.00 - 2,312.50: fuel 18.50 lower, detention 150.00 more
    now = (*first[:1], a_line("fuel_surcharge", "444.00"), a_line("detention/D-1", "150.00"))
    (rest,) = plan_of(books.family, now)
    assert books.send(rest) == "131.50 USD"
    # the customer gets 50.00 of the detention back
    granted = (*now, a_line("detention/dispute D-7", "-50.00"))
    (credit,) = plan_of(books.family, granted)
    assert (credit.kind, books.send(credit)) == (DocumentKind.CREDIT, "-50.00 USD")
    assert str(books.family.balance) == "2,394.00 USD"


def test_a_part_is_given_back_with_its_tax_as_it_was_billed(erp: Erp) -> None:
    books = Books(erp)
    whole = (a_line("linehaul", "100.00"), a_line("detention/D-1", "50.10"), gst("150.10", "7.51"))
    assert books.send(planned(DocumentKind.FINAL, whole, "USD")) == "157.61 USD"
    # 5% of 100.00 is 5.00, so that 2.51 of tax goes back with 50.10 (5% of which is 2.505)
    (credit,) = plan_of(books.family, (whole[0], gst("100.00", "5.00")))
    assert books.send(credit) == "-52.61 USD"
    assert str(books.family.balance) == "105.00 USD"
