"""The page of one unit: its life, why it waits, and what a person does about it."""

import re
from datetime import UTC
from typing import Any

import pytest

from app.access import Person, Role
from app.evidence.intake.feed import Lane
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.keep_standing import catch_up
from app.operations.looking.unit_page import unit_changes, unit_page
from app.operations.looking.work_list import work_list
from app.reports.unit.unit_page import UnitPage
from app.reports.work.wanted import Wanted
from tests.integration.console.visiting import Visitor
from tests.integration.operations.northwind import event, moved, named, order, pod, record, shipment

POD_MISSING = "POD_MISSING"
UNIT = "/units/shipment:N1"
ANN = Person(name="Ann", role=Role.FINANCE)


@pytest.fixture
def held(house: House) -> House:
    """A shipment of 12,000 lb that waits for its paper: too much to go out ahead of it."""
    record(house, *moved("N-1", "12000"))
    decide_unit(house, "N-1")
    return house


def shown(house: House, person: Person = ANN) -> UnitPage:
    found = unit_page(house, "shipment:N1", person)
    assert isinstance(found, UnitPage)
    return found


def passed(status: str, **more: Any) -> dict[str, Any]:
    attributes = {"status": status, "shipment": "N-1"}
    return event("milestone", attributes, system="carrier", **more)


def current(house: House) -> str:
    standing = shown(house).current
    assert standing is not None
    return standing.decision.decision_id


def fields_on(page: str, act: str) -> dict[str, str]:
    """What the form of an act sends without anybody touching it."""
    form = re.search(rf'action="/acts/{act}".*?</form>', page, re.DOTALL)
    assert form, f"{act} is not offered"
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0])
    return {name: value for name, value in hidden if name != "form_token"}


@pytest.mark.usefixtures("held")
def test_any_number_leads_to_the_page_under_the_units_own_name(visitor: Visitor) -> None:
    for number in ("N-1", "O-N-1", "shipment:N-1"):
        answer = visitor.client.get(f"/units/{number}")
        assert (answer.status_code, answer.headers["location"]) == (303, UNIT)
    assert "<h1>shipment:N1</h1>" in visitor.see(UNIT)


@pytest.mark.usefixtures("held")
def test_a_number_that_nobody_knows_is_not_found(visitor: Visitor) -> None:
    assert "no fact names" in visitor.see("/units/NOBODY", 404)


def test_the_page_says_what_holds_it_and_who_must_act(held: House, visitor: Visitor) -> None:
    page = visitor.see(UNIT)
    assert 'id="hold-POD_MISSING"' in page
    for told in ("There is no accepted proof of delivery", "carrier desk", "an accepted POD"):
        assert told in page
    assert "REL-1 would permit it" in page
    assert f"/decisions/{current(held)}" in page


@pytest.mark.usefixtures("held")
def test_each_fact_is_one_click_from_its_message(visitor: Visitor) -> None:
    links = set(re.findall(r'href="(/messages/of-fact/\w+)"', visitor.see(UNIT)))
    assert len(links) >= 4
    for link in links:
        assert "the one you came from" in visitor.see(link)


def test_a_fact_that_came_since_is_shown_and_not_decided_on_yet(
    held: House, visitor: Visitor
) -> None:
    record(held, pod("N-1"))
    page = visitor.see(UNIT)
    assert "1 fact came since and is not decided on yet" in page
    decide_unit(held, "N-1")
    assert "came since" not in visitor.see(UNIT)


def test_a_unit_that_was_never_decided_has_its_facts_all_the_same(
    house: House, visitor: Visitor
) -> None:
    record(house, shipment("N-1"))
    page = visitor.see(UNIT)
    assert "No decision is in force about it" in page
    assert "shipment N-1" in page


def test_a_unit_that_is_gone_says_where_its_facts_are_now(house: House, visitor: Visitor) -> None:
    decided(house, order("N1"))
    assert "No decision is in force" not in visitor.see("/units/order:ON1")
    decided(house, *moved("N1"))
    page = visitor.see("/units/order:ON1")
    assert "This is no longer a billable unit" in page
    assert 'its facts now belong to <a href="/units/shipment%3AN1">N1</a>.' in page
    assert "This is no longer a billable unit" not in visitor.see(UNIT)


def decided(house: House, *events: dict[str, Any]) -> None:
    """Record what happened, and decide all that is due by it."""
    record(house, *events)
    while any(drain_due(house, lane).rows for lane in Lane):
        pass


def test_a_hold_is_due_on_the_day_that_the_work_list_says(house: House, visitor: Visitor) -> None:
    record(house, order("N-1"), shipment("N-1", "12000"))
    for status, hours in (("picked_up", 9), ("delivered", 15), ("en_route", 19)):
        record(house, passed(status, time=f"2026-03-04T{hours:02}:30:00-05:00"))
        decide_unit(house, "N-1")
    catch_up(house)

    (work,) = (each for each in work_list(house, Wanted()).works if each.spell.code == POD_MISSING)
    standing = shown(house).current
    assert standing is not None
    (held,) = (each for each in standing.holds if each.hold.code == POD_MISSING)
    assert held.due_at == work.spell.due_at
    assert held.hold.due_at > held.due_at, "what came since puts off no day"
    told = f"{held.due_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    assert told in visitor.see(UNIT)
    assert told in visitor.see(f"{UNIT}/unlock")
    assert f"{held.hold.due_at.astimezone(UTC):%Y-%m-%d %H:%M}" not in visitor.see(f"{UNIT}/unlock")


def test_the_decisions_tell_what_changed(held: House, visitor: Visitor) -> None:
    record(held, pod("N-1"))
    decide_unit(held, "N-1")
    found = shown(held)
    last, first = found.answers
    assert (last.place, first.place, first.diff) == (2, 1, None)
    assert last.diff is not None
    assert [hold.code for hold in last.diff.closed] == ["POD_MISSING"]
    assert [fact.entity for fact in last.diff.came] == ["document"]
    assert "hold closed" in visitor.see(UNIT)


def test_only_the_last_answers_are_shown_until_all_are_asked_for(held: House) -> None:
    for hours in range(3):
        time = f"2026-03-04T1{hours}:30:00-05:00"
        record(held, passed("en_route", time=time))
        decide_unit(held, "N-1")
    found = unit_page(held, "shipment:N1", ANN, answers=2)
    assert isinstance(found, UnitPage)
    assert ([each.place for each in found.answers], found.answered) == ([4, 3], 4)
    compared = [each.diff is not None for each in shown(held).answers]
    assert compared == [True, False, False, False], "only the last two decisions are read"


def test_what_changed_is_read_a_part_at_a_time_and_nothing_is_left_out(held: House) -> None:
    for hours in range(3):
        time = f"2026-03-04T1{hours}:30:00-05:00"
        record(held, passed("en_route", time=time))
        decide_unit(held, "N-1")
    every = unit_changes(held, "N-1")
    assert [each.place for each in every.answers] == [4, 3, 2, 1]
    first = unit_changes(held, "N-1", answers=2)
    assert all(each.diff for each in first.answers), "it is compared to the one that is not shown"
    rest = unit_changes(held, "N-1", before=first.answers[-1].place, answers=2)
    assert first.answers + rest.answers == every.answers
    assert unit_changes(held, "N-1", before=99).answers == every.answers
    assert unit_changes(held, "N-1", before=1).answers == ()


@pytest.mark.usefixtures("held")
def test_a_place_that_no_decision_can_have_is_refused(visitor: Visitor) -> None:
    assert "no place of a decision" in visitor.see(f"{UNIT}/changes?before=last", 422)
    assert "None here." in visitor.see(f"{UNIT}/changes?before=1")


def test_each_decision_is_compared_where_that_is_asked_for(held: House, visitor: Visitor) -> None:
    for status in ("arrived_terminal", "departed_terminal"):
        record(held, passed(status))
        decide_unit(held, "N-1")
    assert visitor.see(UNIT).count("<summary>What changed</summary>") == 1
    page = visitor.see(f"{UNIT}/changes")
    part = visitor.client.get(f"{UNIT}/changes", headers={"HX-Request": "true"}).text
    assert "<h1>Decisions on shipment:N1</h1>" in page
    assert "<h1>" not in part
    assert page.count("<summary>What changed</summary>") == 2
    assert part.count("<summary>What changed</summary>") == 2


@pytest.mark.usefixtures("held")
def test_what_would_release_it_is_a_page_and_a_part_of_one(visitor: Visitor) -> None:
    page = visitor.see(f"{UNIT}/unlock")
    part = visitor.client.get(f"{UNIT}/unlock", headers={"HX-Request": "true"}).text
    assert "<h1>What would release shipment:N1</h1>" in page
    assert "a signed POD without exceptions is received and accepted" in page
    assert "<h1>" not in part
    assert "a signed POD without exceptions" in part


def proof(**more: bool) -> dict[str, Any]:
    said = {"document": "POD-N-1", "document_type": "POD", "status": "accepted", "signed": True}
    about = {"references": named("shipment", "N-1"), "time": "2026-03-05T10:00:00-06:00"}
    return event("document", said | {"exceptions_noted": False} | more, system="dms", **about)


def test_the_form_asks_for_a_copy_of_the_unsigned_paper_and_a_clean_one_releases(
    held: House, visitor: Visitor
) -> None:
    record(held, proof(signed=False))
    decide_unit(held, "N-1")
    page = visitor.see(UNIT)
    assert "Attach POD POD-N-1" in page
    fields = fields_on(page, "attach")
    assert fields["document"] == "POD-N-1"
    filled = {"document_type": "POD", "signed": "yes", "exceptions_noted": "no"}
    visitor.send("/acts/attach", fields | filled | {"kept_at": "binder 3"}, on=UNIT)
    standing = shown(held).current
    assert standing is not None
    assert standing.decision.verdict == "release"


def test_no_paper_is_asked_for_where_damage_is_noted_on_it(held: House, visitor: Visitor) -> None:
    record(held, proof(exceptions_noted=True))
    decide_unit(held, "N-1")
    page = visitor.see(UNIT)
    assert "POD_UNSIGNED_OR_EXCEPTION" in page
    assert 'action="/acts/attach"' not in page


def test_attaching_the_missing_paper_releases_it_and_the_page_says_so(
    held: House, visitor: Visitor
) -> None:
    fields = fields_on(visitor.see(UNIT), "attach")
    filled = {"document_type": "POD", "signed": "yes", "exceptions_noted": "no"}
    paper = ("pod.txt", b"Received in good order. J. Doe")

    answer = visitor.send("/acts/attach", fields | filled, on=UNIT, file=paper)

    assert answer.status_code == 303
    page = visitor.see(answer.headers["location"])
    standing = shown(held).current
    assert standing is not None
    assert f"The document is attached: hold → release, {standing.decision.total}." in page
    assert "POD accepted" in page
    again = visitor.send("/acts/attach", fields | filled, on=UNIT, file=paper)
    assert again.status_code == 303, "sent twice, it is recorded once"
    assert shown(held).answered == 2
    link = re.search(r'href="(/messages/of-fact/\w+)"[^>]*>POD accepted', page)
    assert link
    download = re.search(r'href="(/messages/papers/\w+)"', visitor.see(link[1]))
    assert download
    kept = visitor.client.get(download[1])
    assert kept.content == paper[1]
    assert kept.headers["content-disposition"].startswith("attachment")


def test_a_form_that_says_too_little_records_nothing_and_says_what_is_missing(
    held: House, visitor: Visitor
) -> None:
    fields = fields_on(visitor.see(UNIT), "attach")
    answer = visitor.send("/acts/attach", fields | {"document_type": "POD", "signed": ""}, on=UNIT)
    assert answer.status_code == 422
    assert "signed" in answer.text
    assert "<h1>shipment:N1</h1>" in answer.text
    assert shown(held).answered == 1


@pytest.mark.usefixtures("held")
def test_a_hold_is_waived_with_a_reason_and_taken_back(visitor: Visitor) -> None:
    visitor.be(ANN)
    fields = fields_on(visitor.see(UNIT), "waive") | {"reason": "the customer has it"}
    waived = visitor.send("/acts/waive", fields, on=UNIT)
    page = visitor.see(waived.headers["location"])
    assert "The waiver is recorded: hold → release" in page
    assert 'action="/acts/waive"' not in page

    back = fields_on(page, "take-back") | {"reason": "it has not"}
    taken = visitor.send("/acts/take-back", back, on=UNIT)
    assert "The waiver is taken back: release → hold" in visitor.see(taken.headers["location"])


def test_a_waiver_that_lets_nothing_go_out_says_so_before_and_after(
    house: House, visitor: Visitor
) -> None:
    events = [each for each in moved("N-1") if "delivered" not in str(each)]
    record(house, *events, pod("N-1"))
    decide_unit(house, "N-1")
    visitor.be(ANN)
    page = visitor.see(UNIT)
    assert "it would still be held by RELEASE_NOT_PERMITTED" in page
    assert "<dt>Due</dt>" in page
    fields = fields_on(page, "waive") | {"reason": "the customer has it"}
    assert fields["hold"] == "DELIVERY_NOT_CONFIRMED"
    answer = visitor.send("/acts/waive", fields, on=UNIT)
    after = visitor.see(answer.headers["location"])
    assert "The waiver is recorded: still hold, " in after
    assert "; what holds it: RELEASE_NOT_PERMITTED." in after
    waived = re.search(r'id="hold-DELIVERY_NOT_CONFIRMED".*?</article>', after, re.DOTALL)
    assert waived
    assert "<dt>Due</dt>" not in waived[0], "nothing waits for it any more"


@pytest.mark.usefixtures("held")
def test_a_waiver_that_releases_says_nothing_of_what_would_still_hold_it(
    visitor: Visitor,
) -> None:
    visitor.be(ANN)
    assert "it would still be held by" not in visitor.see(UNIT)


def test_what_became_of_a_charge_is_said_by_its_name(held: House, visitor: Visitor) -> None:
    claim = {"accessorial": "X-1", "charge": "liftgate", "quantity": "1", "unit": "each"}
    about = {"references": named("shipment", "N-1"), "system": "carrier"}
    record(held, event("accessorial", {**claim, "evidence": ["POD-N-1"]}, **about), pod("N-1"))
    before = decide_unit(held, "N-1").decision
    visitor.be(ANN)
    fields = fields_on(visitor.see(UNIT), "approve") | {"reason": "agreed", "outcome": "granted"}
    answer = visitor.send("/acts/approve", fields, on=UNIT)
    page = visitor.see(answer.headers["location"])
    standing = shown(held).current
    assert standing is not None
    now = standing.decision.total
    assert f"X-1 is approved: still release, {now}, before: {before.total}." in page


def test_work_is_given_to_somebody_and_no_decision_sees_it(held: House, visitor: Visitor) -> None:
    fields = fields_on(visitor.see(UNIT), "assign") | {"to": "Bo"}
    answer = visitor.send("/acts/assign", fields, on=UNIT)
    page = visitor.see(answer.headers["location"])
    assert "The hold is assigned." in page
    assert "assigned to Bo" in page
    assert "came since" not in page
    assert shown(held).answered == 1


def test_only_what_one_may_do_is_offered_and_only_that_is_done(
    held: House, visitor: Visitor
) -> None:
    fields = fields_on(visitor.see(UNIT), "waive") | {"reason": "please"}
    visitor.be(Person(name="Olga", role=Role.OPERATIONS))
    page = visitor.see(UNIT)
    assert 'action="/acts/attach"' in page
    assert 'action="/acts/waive"' not in page
    assert visitor.send("/acts/waive", fields, on=UNIT).status_code == 403

    visitor.be(Person(name="Audrey", role=Role.AUDIT))
    assert "/acts/" not in visitor.see(UNIT)
    assert visitor.send("/acts/assign", fields, on=UNIT).status_code == 403
    assert shown(held).answered == 1


def test_somebody_of_a_customer_sees_no_unit_page(held: House, visitor: Visitor) -> None:
    visitor.be(Person(name="Nora", role=Role.CUSTOMER, customer="NORTHWIND"))
    visitor.see(UNIT, 403)
    visitor.see(f"/decisions/{current(held)}", 403)


def test_what_others_wrote_is_shown_as_text_and_never_as_markup(
    house: House, visitor: Visitor
) -> None:
    record(house, *moved("N-1", "12000"))
    note = "<script>alert(1)</script>"
    record(house, passed("en_route", id=note))
    decide_unit(house, "N-1")
    assert "<script>alert" not in visitor.see(UNIT)
    assert "&lt;script&gt;alert" in visitor.see(UNIT)


@pytest.mark.usefixtures("held")
def test_the_head_of_the_page_has_what_lists_have_once_that_was_worked_out(
    house: House, visitor: Visitor
) -> None:
    assert "<dt>Stage</dt>" not in visitor.see(UNIT)

    catch_up(house)
    head = visitor.see(UNIT).partition('id="why"')[0]
    standing = shown(house).standing
    assert standing is not None
    assert f">{standing.stage.value}</span></dd>" in head
    for name, told in (
        ("Carrier", standing.carrier),
        ("Delivered", standing.delivered_on),
        ("Batch closes", standing.cutoff_at),
        ("Right to bill until", standing.right_until),
    ):
        assert (f"<dt>{name}</dt>" in head) is (name == "Carrier" or told is not None), name
    assert "by the decision before" not in head
    assert "<dt>Assigned to</dt>" not in head


@pytest.mark.usefixtures("held")
def test_whom_to_ask_is_said_only_where_that_is_not_the_owner(visitor: Visitor) -> None:
    page = visitor.see(UNIT)
    for owner, ask in re.findall(r"<dt>Owner</dt><dd>([^<]*?) <span[^>]*>\(ask ([^)]*)\)", page):
        assert owner != ask
    assert "<dt>Owner</dt>" in page
