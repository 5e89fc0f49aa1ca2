"""A form that was not taken comes back where it was, as it was filled in, with what is wrong."""

import re
from dataclasses import replace

import pytest
from httpx import Response

from app.access import Person, Role
from app.errors import ConflictError, DeploymentError
from app.evidence.intake.feed import Lane
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.keep_standing import catch_up
from app.settings import Settings
from tests.integration.console.test_unit_page import UNIT, fields_on, shown
from tests.integration.console.visiting import Visitor, visiting
from tests.integration.operations.northwind import event, moved, named, pod, record

OPEN = '<details class="act" open>'
LIST = "/?code=POD_MISSING"
PAT = Person(name="Pat", role=Role.OPERATIONS)
ANN = Person(name="Ann", role=Role.FINANCE)
PAPER = ("scan <1>.pdf", b"%PDF-1.7")
ATTACHED = {
    "document_type": "POD",
    "kept_at": "binder <3>",
    "signed": "yes",
    "exceptions_noted": "unknown",
    "signed_by": 'J. "Doe" <x>',
    "signed_at": "2026-03-05T14:30",
    "note": "the driver's copy",
}
WAIVED = {
    "reason": "first line\r\n<b>second</b>",
    "up_to": "5000.00",
    "expires_at": "2099-01-01T10:00",
}
TYPED = {
    "attach": ATTACHED,
    "waive": WAIVED,
    "assign": {"to": "Clara", "note": "she knows the dock"},
}
WRONG = [
    ("attach", {"document_type": "LETTER"}, "nothing asks for a document of type 'LETTER'"),
    ("attach", {"document_type": ""}, "there is no document type given"),
    ("attach", {"signed": ""}, "no answer is chosen"),
    ("attach", {"exceptions_noted": "perhaps"}, "is no answer"),
    ("attach", {"signed_at": "2099-03-05T14:30"}, "is still to come"),
    ("attach", {"signed_at": "yesterday"}, "is no time"),
    ("attach", {"note": "x" * 501}, "longer than 500"),
    ("waive", {"reason": ""}, "there is no reason given"),
    ("waive", {"up_to": "12,50"}, "a point stands before the cents: write 12.50"),
    ("waive", {"up_to": "12.50"}, "hangs on POD_MISSING"),
    ("waive", {"expires_at": "2020-01-01T10:00"}, "has passed"),
    ("assign", {"note": "x" * 501}, "longer than 500"),
]


@pytest.fixture(autouse=True)
def held(house: House, visitor: Visitor) -> House:
    """A shipment of 12,000 lb that waits for its paper: too much to go out ahead of it."""
    record(house, *moved("N-1", "12000"))
    decide_unit(house, "N-1")
    catch_up(house)
    visitor.be(ANN)
    return house


def send(visitor: Visitor, act: str, typed: dict[str, str], back: str = "") -> Response:
    fields = fields_on(visitor.see(UNIT), act) | ({"back": back} if back else {})
    files = {"file": PAPER} if act == "attach" else {}
    return visitor.send(f"/acts/{act}", fields | typed, on=UNIT, **files)


def form_in(page: str, act: str) -> str:
    """The form of the act that stands open."""
    found = re.search(f'{OPEN}.*?action="/acts/{act}".*?</form>', page, re.DOTALL)
    assert found, "it stands open"
    assert page.count(OPEN) == 1, "no other does"
    return found[0]


def filled_in(form: str) -> dict[str, str]:
    """What the form says by itself, as a browser would show it."""
    texts = re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    found = dict(texts) | dict(re.findall(r'<input id[^>]*name="(\w+)"[^>]* value="([^"]*)"', form))
    for name, options in re.findall(r'<select [^>]*name="(\w+)"[^>]*>(.*?)</select>', form):
        chosen = re.search(r'value="(\w*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: unescaped(value) for name, value in found.items()}


def unescaped(text: str) -> str:
    for written, meant in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        text = text.replace(written, meant)
    return text.replace("&amp;", "&")


@pytest.mark.parametrize("back", ["", LIST])
@pytest.mark.parametrize(("act", "changed", "says"), WRONG)
def test_what_was_typed_is_kept_and_what_is_wrong_stands_beside_its_field(
    held: House, visitor: Visitor, act: str, changed: dict[str, str], says: str, back: str
) -> None:
    answer = send(visitor, act, TYPED[act] | changed, back)

    assert answer.status_code == 422
    page = answer.text
    assert ("<h1>Work list</h1>" if back else "<h1>shipment:N1</h1>") in page
    form = form_in(page, act)
    expected = TYPED[act] | changed
    for name in {"exceptions_noted", "document_type"} & changed.keys():
        expected[name] = ""  # no choice of ours
    assert filled_in(form) == expected

    (name,) = changed
    (tag,) = re.findall(r"<(?:input|select|textarea) [^>]*aria-invalid[^>]*>", form)
    assert f'name="{name}"' in tag
    own_id = re.search(r'id="([^"]+)"', tag)
    assert own_id
    described = re.search(r'aria-describedby="([^"]+)"', tag)
    assert described
    ids = set(re.findall(r' id="([^"]+)"', page))
    assert set(described[1].split()) <= ids
    beside = re.search(rf'<p class="wrong" id="{own_id[1]}-wrong">(.*?)</p>', form)
    assert beside
    assert f"{own_id[1]}-wrong" in described[1]
    assert says in unescaped(beside[1])
    assert len(re.findall(r' id="([^"]+)"', page)) == len(ids), "every id is there once"

    summary = re.search(r'<div [^>]*id="refused".*?</div>', page, re.DOTALL)
    assert summary
    assert 'role="alert" tabindex="-1" autofocus' in summary[0]
    called = re.search(f'<a href="#{own_id[1]}">(.*?): ', summary[0])
    asked = re.search(f'<label for="{own_id[1]}">(.*?)</label>', form)
    assert called
    assert asked
    assert asked[1].removesuffix(", in USD") == called[1], "it goes by one name"
    assert says in unescaped(summary[0])
    assert "<b>second" not in page
    assert shown(held).answered == 1


@pytest.mark.parametrize("back", ["", LIST])
def test_a_file_has_to_be_chosen_again_and_that_is_said(visitor: Visitor, back: str) -> None:
    answer = send(visitor, "attach", ATTACHED | {"signed": ""}, back)

    form = form_in(answer.text, "attach")
    assert "Choose scan &lt;1&gt;.pdf again: a file cannot be kept." in form
    (tag,) = re.findall(r'<input [^>]*type="file"[^>]*>', form)
    assert "aria-describedby" in tag
    assert "aria-invalid" not in tag
    assert "Only the file cannot be kept: choose scan &lt;1&gt;.pdf again." in answer.text


def test_a_file_that_is_no_paper_is_what_is_wrong(visitor: Visitor) -> None:
    fields = fields_on(visitor.see(UNIT), "attach") | ATTACHED
    answer = visitor.send("/acts/attach", fields, on=UNIT, file=("a.pdf", b"MZ"))

    assert answer.status_code == 422
    form = form_in(answer.text, "attach")
    assert filled_in(form) == ATTACHED
    (tag,) = re.findall(r"<input [^>]*aria-invalid[^>]*>", form)
    assert 'type="file"' in tag


@pytest.mark.parametrize("back", ["", LIST])
def test_a_paper_that_is_nowhere_is_refused_beside_the_file(
    held: House, visitor: Visitor, back: str
) -> None:
    fields = fields_on(visitor.see(UNIT), "attach") | ({"back": back} if back else {})
    answer = visitor.send("/acts/attach", fields | ATTACHED | {"kept_at": ""}, on=UNIT)

    assert answer.status_code == 422
    form = form_in(answer.text, "attach")
    assert "there is no file, and nothing says where the paper is" in form
    (tag,) = re.findall(r"<input [^>]*aria-invalid[^>]*>", form)
    assert 'type="file"' in tag
    assert shown(held).answered == 1


def test_the_type_of_document_is_chosen_and_is_the_missing_one_at_first(visitor: Visitor) -> None:
    page = visitor.see(UNIT)
    (options,) = re.findall(r'name="document_type" required>(.*?)</select>', page)
    assert re.findall(r'value="(\w+)" selected', options) == ["POD"]
    assert {"BOL", "LUMPER_RECEIPT", "EVIDENCE", "RATE_CON"} <= set(
        re.findall(r'value="(\w+)"', options)
    )


@pytest.mark.parametrize("back", ["", LIST])
def test_the_form_that_came_back_is_taken_once_it_is_right(
    held: House, visitor: Visitor, back: str
) -> None:
    wrong = send(visitor, "waive", WAIVED | {"up_to": "5.000,00"}, back)
    assert "write 5000.00" in wrong.text
    form = form_in(wrong.text, "waive")
    fields = fields_on(form, "waive") | filled_in(form) | {"up_to": "5,000.00"}

    right = visitor.send("/acts/waive", fields, on=UNIT)

    assert right.status_code == 303
    assert right.headers["location"].startswith(f"{back}&did=waive" if back else f"{UNIT}?did=")
    assert "The waiver is recorded: hold → release" in visitor.see(right.headers["location"])
    assert shown(held).answered == 2


@pytest.mark.parametrize("back", ["", LIST])
def test_a_conflict_keeps_it_too(visitor: Visitor, back: str) -> None:
    fields = fields_on(visitor.see(UNIT), "assign") | ({"back": back} if back else {})
    assert visitor.send("/acts/assign", fields | {"to": "Bo"}, on=UNIT).status_code == 303

    answer = visitor.send("/acts/assign", fields | {"to": "Clara"}, on=UNIT)

    assert answer.status_code == 409
    assert "What you sent first is recorded; this was not." in answer.text
    for untrue in ("Nothing was recorded", "load the page again"):
        assert untrue not in answer.text
    assert filled_in(form_in(answer.text, "assign")) == {"to": "Clara", "note": ""}
    assert fields_on(answer.text, "assign")["form_id"] != fields["form_id"]


class BrokenKey:
    """An engine that breaks in a way nobody foresaw."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        self.error.add_note(f"asked of {pack.name} and {len(view.items)} items")
        raise self.error


@pytest.mark.parametrize(
    "error",
    [ConflictError("it means two"), DeploymentError("it is gone"), ValueError("a defect")],
)
def test_what_goes_wrong_once_it_is_recorded_is_not_told_as_if_it_were_not(
    held: House, settings: Settings, error: Exception
) -> None:
    error.__cause__ = OSError("why")
    with visiting(replace(held, first_key=BrokenKey(error)), settings) as visitor:
        visitor.be(ANN)
        fields = fields_on(visitor.see(UNIT), "waive") | WAIVED

        answer = visitor.send("/acts/waive", fields, on=UNIT)

        assert answer.status_code == 503
        assert "what was sent is recorded, and is not to be sent again" in answer.text
        assert re.search(r"The log tells more under incident <code>[\d-]+</code>", answer.text)
        for untrue in ("This was not recorded", "not carried out", OPEN):
            assert untrue not in answer.text
    drain_due(held, Lane.CRITICAL)
    assert shown(held).answered == 2, "it is decided as soon as it can be"


@pytest.mark.parametrize("back", ["", LIST])
def test_of_a_form_that_is_offered_no_more_what_was_typed_is_still_shown(
    held: House, visitor: Visitor, back: str
) -> None:
    fields = fields_on(visitor.see(UNIT), "waive") | ({"back": back} if back else {})
    record(held, pod("N-1"))

    answer = visitor.send("/acts/waive", fields | {"reason": "it was there"}, on=UNIT)

    assert answer.status_code == 409
    assert "POD_MISSING is not open any more" in answer.text
    assert "it was decided anew at " in answer.text
    assert "The form is no longer offered. What you had filled in:" in answer.text
    assert "<dt>Reason</dt><dd>it was there</dd>" in answer.text
    assert OPEN not in answer.text


def test_a_hold_that_the_list_does_not_show_has_its_form_above_it(visitor: Visitor) -> None:
    answer = send(visitor, "waive", WAIVED | {"reason": ""}, "/?code=RATE_NOT_FOUND")

    assert 'id="apart">POD_MISSING of ' in answer.text
    assert filled_in(form_in(answer.text, "waive")) == WAIVED | {"reason": ""}
    assert fields_on(answer.text, "waive")["back"] == "/?code=RATE_NOT_FOUND"


def test_only_the_row_of_the_hold_stands_open_and_it_is_not_fetched_again(
    held: House, visitor: Visitor
) -> None:
    record(held, *moved("N-2", "12000"))
    decide_unit(held, "N-2")
    catch_up(held)

    page = send(visitor, "assign", TYPED["assign"] | {"note": "x" * 501}, LIST).text

    (row,) = re.findall(r'<details class="acting" name="acting" open>', page)
    assert "hx-get" not in row
    assert page.count('hx-get="/acts/offered?unit=shipment%3AN2') == 1
    assert "unit=shipment%3AN1" not in page


def test_what_is_said_of_a_charge_comes_back_beside_that_charge(
    held: House, visitor: Visitor
) -> None:
    for number in ("X-1", "X-2"):
        claim = {"accessorial": number, "charge": "liftgate", "quantity": "1", "unit": "each"}
        about = {"references": named("shipment", "N-1"), "system": "carrier"}
        record(held, event("accessorial", {**claim, "evidence": ["POD-N-1"]}, **about))
    record(held, pod("N-1"))
    decide_unit(held, "N-1")
    _, second = re.findall(r'action="/acts/approve".*?</form>', visitor.see(UNIT), re.DOTALL)
    fields = fields_on(second, "approve")
    assert fields["subject"] == "X-2"
    said = {"reason": "the dock has no gate", "up_to": "84.99", "outcome": "granted"}

    answer = visitor.send("/acts/approve", fields | said, on=UNIT)

    form = form_in(answer.text, "approve")
    assert fields_on(form, "approve")["subject"] == "X-2"
    assert filled_in(form) == {"reason": said["reason"], "up_to": "84.99"}
    assert "liftgate X-2 is 85.00 USD; allowed: at least 85.00 USD" in form


@pytest.mark.parametrize("back", ["", "/?code=ACCESSORIAL_UNAPPROVED"])
def test_what_somebody_else_approved_is_not_overturned_by_an_old_page(
    held: House, visitor: Visitor, back: str
) -> None:
    fields = liftgates(held, visitor, "X-1", back)["X-1"]
    visitor.be(PAT)
    first = fields | {"form_id": "form-of-pat", "reason": "agreed", "outcome": "granted"}
    assert visitor.send("/acts/approve", first, on=UNIT).status_code == 303
    visitor.be(ANN)
    wrong = fields | {"reason": "not owed", "outcome": "rejected"}

    answer = visitor.send("/acts/approve", wrong, on=UNIT)

    assert answer.status_code == 409
    assert re.search(r"since the form was opened, Pat approved X-1 at 2\S+ \S+ UTC", answer.text)
    assert "<dt>Reason</dt><dd>not owed</dd>" in answer.text
    standing = shown(held).current
    assert standing is not None
    assert "liftgate/X-1" in {line.key for line in standing.decision.lines if line.billed}


def test_what_happened_to_the_rest_of_the_unit_is_no_reason_to_refuse(
    held: House, visitor: Visitor
) -> None:
    forms = liftgates(held, visitor, "X-1", "")
    forms |= liftgates(held, visitor, "X-2", "")
    for number, fields in forms.items():
        said = fields | {"reason": f"agreed {number}", "outcome": "granted"}
        assert visitor.send("/acts/approve", said, on=UNIT).status_code == 303
    standing = shown(held).current
    assert standing is not None
    assert not standing.holds


def liftgates(house: House, visitor: Visitor, number: str, back: str) -> dict[str, dict[str, str]]:
    """The unit released but for a liftgate; the fields of the form about that."""
    claim = {"accessorial": number, "charge": "liftgate", "quantity": "1", "unit": "each"}
    about = {"references": named("shipment", "N-1"), "system": "carrier"}
    record(house, event("accessorial", {**claim, "evidence": ["POD-N-1"]}, **about), pod("N-1"))
    decide_unit(house, "N-1")
    forms = re.findall(r'action="/acts/approve".*?</form>', visitor.see(UNIT), re.DOTALL)
    found = [fields_on(form, "approve") for form in forms]
    return {
        each["subject"]: each | ({"back": back} if back else {})
        for each in found
        if each["subject"] == number
    }


def test_a_waiver_that_is_taken_back_without_a_reason_asks_for_it(visitor: Visitor) -> None:
    send(visitor, "waive", WAIVED)

    answer = send(visitor, "take-back", {"reason": " "})

    assert answer.status_code == 422
    form = form_in(answer.text, "take-back")
    assert "there is no reason given" in form
    assert '<a href="#back-1-refused-reason">' in answer.text
    assert 'id="back-1-refused-reason"' in form


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("12,50", "write 12.50"),
        ("1557,36", "write 1557.36"),
        ("1.557,36", "write 1557.36"),
        ("1 557,36", "write 1557.36"),
        ("0,5", "write 0.5"),
        ("1,5573", "write 1.5573"),
        ("12,50 USD", "allowed: an amount like 1234.50 or 1,234.50"),
        ("1,55,7", "allowed: an amount like 1234.50 or 1,234.50"),
        ("-5", "allowed: an amount like 1234.50 or 1,234.50"),
        ("1e9", "allowed: an amount like 1234.50 or 1,234.50"),
        ("٣", "allowed: an amount like 1234.50 or 1,234.50"),
    ],
)
def test_a_limit_with_a_comma_before_its_cents_is_never_read_as_a_hundred_times_it(
    held: House, visitor: Visitor, typed: str, says: str
) -> None:
    answer = send(visitor, "waive", WAIVED | {"up_to": typed})

    assert answer.status_code == 422
    assert says in answer.text
    assert "is no amount" in answer.text
    assert shown(held).answered == 1


@pytest.mark.parametrize("typed", ["1557.36", "1,557.36", "2000", "12,345,678.9"])
def test_commas_between_thousands_are_read(held: House, visitor: Visitor, typed: str) -> None:
    assert send(visitor, "waive", WAIVED | {"up_to": typed}).status_code == 303
    assert shown(held).answered == 2
