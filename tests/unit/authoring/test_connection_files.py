"""Connections to billing systems as people write them: what is read, and every mistake's place."""

import base64
from decimal import Decimal
from pathlib import Path

import pytest

from app.authoring.files.connection_files import connection_of
from app.billing.rest_forms import Filling, NotFilledInError, of_invoice, secrets_of
from app.billing.rest_mapping import Number, RestMapping, Text
from app.billing.tryton_settings import TrytonSettings
from app.errors import FileError
from tests.invoices import invoice

SMALL = (Path(__file__).parents[2] / "integration" / "erp" / "small_erp.yaml").read_text("utf-8")
SMALL = SMALL.replace("@URL@", "https://erp.example.com")

TRYTON = """
kind: tryton
url: https://tryton.example.com
database: books
parties: {ACME: C-100}
journal: REV
receivable account: 1.2.1
revenue account: 4.1.2
tax accounts: {GST of CA: 2.2.3}
dated: when billed
"""


def mapping(text: str = SMALL) -> RestMapping:
    read = connection_of(text, "erp.yaml")
    assert isinstance(read, RestMapping)
    return read


def mistakes(text: str) -> list[str]:
    with pytest.raises(FileError) as caught:
        connection_of(text, "erp.yaml")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_tryton_is_read() -> None:
    read = connection_of(TRYTON, "erp.yaml")
    assert isinstance(read, TrytonSettings)
    assert read.tax_accounts == {"GST of CA": "2.2.3"}
    assert (read.dated, read.rate_digits) == ("when billed", 4)


def test_a_mapping_is_read_and_says_which_secrets_it_needs() -> None:
    read = mapping()
    assert secrets_of(read) == ("small_erp_key",)
    assert read.statuses == {"404": "none"}
    assert read.states["SETTLED"] == "paid"


def test_the_forms_are_filled_in_from_the_invoice() -> None:
    ours = invoice()
    body = mapping().create.body
    assert body is not None
    filled = of_invoice(mapping(), ours).form(body)
    assert filled["debtor"] == "D1"
    assert [each["net"] for each in filled["positions"]] == [
        Decimal("296.34"),
        Decimal("25.03"),
        Decimal("112.50"),
    ]
    assert filled["vat"] == [{"of": "GST of CA", "net": Decimal("21.69")}]


def test_a_search_in_base64_is_the_json_it_says() -> None:
    text = SMALL.replace(
        'query: {ref: "{reference}"}', 'query: {d: {as base64 json: ["{reference}"]}}'
    )
    [(name, form)] = mapping(text).find.query
    filled = Filling(mapping(), {"reference": 'r"1'}).form(form)
    assert (name, base64.urlsafe_b64decode(filled)) == ("d", b'["r\\"1"]')


def test_what_a_value_holds_is_never_read_as_a_name() -> None:
    filling = Filling(mapping(), {"reference": "{secret small_erp_key} {customer in debtors}"})
    assert filling.form(Text("a {reference}")) == "a {secret small_erp_key} {customer in debtors}"


def test_a_customer_that_the_table_does_not_know_is_refused() -> None:
    body = mapping().create.body
    assert body is not None
    with pytest.raises(NotFilledInError, match=r"'NOBODY' is not in table `debtors`.*ACME"):
        of_invoice(mapping(), invoice(customer="NOBODY")).form(body)


def test_a_text_where_a_number_belongs_is_refused() -> None:
    with pytest.raises(NotFilledInError, match="wants a number"):
        Filling(mapping(), {"reference": "R-1"}).form(Number("{reference}"))


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("path: /invoices/{external_id}/issue", "path: /invoices/{externalid}/issue",
         "erp.yaml:34:9: 'externalid' is not a name that may stand here; allowed: external_id,"),
        ('debtor: "{customer in debtors}"', 'debtor: "{customer in debtor}"',
         "'debtor' is not a table of this file; allowed: debtors; did you mean 'debtors'?"),
        ('text: "{kind} invoice for {unit}"', 'text: "{kind} invoice for { unit }"',
         "hold no name"),
        ('text: "{kind} invoice for {unit}"', 'text: "{secret small_erp_key}"', "hold no name"),
        ("method: DELETE\n  path: /invoices/{external_id}",
         "method: DELETE\n  path: /invoices/{unit}",
         "'unit' is not a name that may stand here; allowed: external_id, number, reference"),
        ('of: "{tax}"', 'of: "{external_id}"', "'external_id' is not a name that may stand here"),
        ("for each: charges", "for each: charge", "did you mean 'charges'?"),
        ("ISSUED: posted", "ISSUED: sent", "allowed: cancelled, draft, paid, posted"),
        ('"404": none', '"4xx": none', "'4xx' is no HTTP status"),
        ('"404": none', '"404": nothing', "'nothing' is not a meaning of a status"),
        ("method: PUT", "method: ERASE", "allowed: DELETE, GET, PATCH, POST, PUT"),
        ("  total: amounts.sum\n", "", "the answer has no `total`"),
        ('url: "https://erp.example.com"', "url: erp.example.com", "is no address"),
        ('url: "https://erp.example.com"', "url: https://me:pw@erp.example.com",
         "without a password"),
        ("X-Api-Key:", "X Api Key:", "'X Api Key' is no name of a header"),
        ("kind: rest", "kind: soap", "'soap' is not a kind; allowed: rest, tryton"),
        ("{as list: references}", "{as list: numbers}",
         "'numbers' is not a list that may stand here; allowed: references"),
        ("  invoices at: page.items\n", "",
         "a request that only asks does not say where the invoices stand; allowed: `invoices at`"),
        ("timeout seconds: 5", "timeout second: 5", "did you mean 'timeout seconds'?"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_with_what_is_allowed(written: str, instead: str, says: str) -> None:
    assert SMALL.count(written) >= 1
    found = mistakes(SMALL.replace(written, instead))
    assert any(says in each for each in found), found
    assert all(each.startswith("erp.yaml:") for each in found)
