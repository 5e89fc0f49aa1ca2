"""Of several documents under one reference: which one stays, which go, what is for a person."""

import pytest

from app.billing.posted import PostedInvoice
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.erp_http import RefusedError
from app.infrastructure.sending.send_invoice import look_again, send_invoice
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.sending.surplus import only_one
from tests.invoices import NobodyElse, invoice
from tests.unit.infrastructure.shelf import OTHER, TOTAL, Shelf, document


@pytest.mark.parametrize(
    ("found", "kept", "withdrawn"),
    [
        ("", "", ""),
        ("1 draft", "1", ""),
        ("1 cancelled", "1", ""),
        ("1 draft | 2 draft", "1", "2"),
        ("2 draft | 1 draft | 3 draft", "1", "2 3"),
        ("10 draft | 9 draft", "9", "10"),
        ("b-2 draft | b-1 draft", "b-1", "b-2"),
        ("1 draft | 2 posted", "2", "1"),
        ("2 paid | 1 draft | 3 draft", "2", "1 3"),
        ("1 cancelled | 2 draft", "2", ""),
        ("1 cancelled | 2 posted", "2", ""),
        ("1 cancelled | 2 draft | 3 draft", "2", "3"),
    ],
)
def test_one_stays_whoever_looks_and_what_is_the_same_goes(
    found: str, kept: str, withdrawn: str
) -> None:
    shelf, notes = Shelf(found), NobodyElse()
    ours = only_one(shelf, "rel-1", TOTAL, shelf.find("rel-1"), notes)
    assert (ours.external_id if ours else "") == kept
    assert [each.external_id for each in notes.withdrew] == withdrawn.split()
    assert shelf.asked == withdrawn.split()


@pytest.mark.parametrize(
    "found",
    [
        "1 posted | 2 posted",
        "1 posted | 2 paid | 3 draft",
        "1 draft | 2 draft of another total",
        "1 posted | 2 draft of another total",
        "1 posted of another total | 2 draft",
        "1 draft with a number | 2 draft",
        "1 cancelled with a number | 2 draft",
        "1 cancelled | 2 cancelled",
    ],
)
def test_anything_else_is_for_a_person_and_nothing_is_taken_away(found: str) -> None:
    shelf, notes = Shelf(found), NobodyElse()
    with pytest.raises(NotSentError, match=r"is in the billing system . times: .*delete or") as why:
        only_one(shelf, "rel-1", TOTAL, shelf.find("rel-1"), notes)
    assert not why.value.retry
    assert (shelf.asked, notes.withdrew) == ([], [])


def test_what_is_still_there_after_it_was_taken_away_is_tried_again() -> None:
    shelf = Shelf("1 draft | 2 draft", takes_away=False)
    error = still_double(shelf)
    assert "still has doubles after they were taken away: id 2 (draft" in error.detail
    assert shelf.posted == []


def test_what_is_refused_while_it_is_taken_away_is_tried_again_and_says_why() -> None:
    error = still_double(Shelf("1 draft | 2 draft", refuses="somebody edits it"))
    assert error.detail.endswith("somebody edits it")


def test_a_double_that_somebody_posted_meanwhile_is_the_one_that_stays() -> None:
    """Whoever saw only the second one posted it while we asked that it be taken away."""

    class Meanwhile(Shelf):
        def withdraw(self, draft: PostedInvoice) -> None:
            if draft.external_id == "2":
                self.documents = [document("1 draft"), document("2 posted")]
                raise RefusedError("it is posted")
            super().withdraw(draft)

    shelf = Meanwhile("1 draft | 2 draft")
    assert "id 1 (draft" in still_double(shelf).detail
    assert send(shelf).external_id == "2"
    assert shelf.posted == []


def test_a_system_that_takes_nothing_away_leaves_it_to_a_person() -> None:
    shelf = Shelf("1 draft | 2 draft")
    shelf.withdraws = False
    with pytest.raises(NotSentError, match="does not say how to `withdraw` one") as why:
        send(shelf)
    assert not why.value.retry
    assert shelf.asked == []


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ("1 posted", ""),
        ("1 posted | 2 draft", ""),
        ("", ""),
        ("1 draft", ""),
        ("2 posted", "is N1 here and N2 in the billing system"),
        ("1 posted | 2 posted", "2 times"),
    ],
)
def test_a_later_look_takes_away_what_came_late_and_creates_nothing(found: str, says: str) -> None:
    shelf, ours = Shelf(found), invoice(reference="rel-1")
    if says:
        with pytest.raises(NotSentError, match=says) as why:
            look_again(shelf, ours, "N1", NobodyElse())
        assert not why.value.retry
    else:
        there = look_again(shelf, ours, "N1", NobodyElse())
        assert shelf.documents == ([there] if there else [])


def still_double(connector: Connector) -> NotSentError:
    with pytest.raises(NotSentError) as raised:
        send(connector)
    assert (raised.value.retry, raised.value.only_this) == (True, True)
    return raised.value


def send(connector: Connector) -> PostedInvoice:
    ours = invoice(reference="rel-1")
    assert ours.total == TOTAL != OTHER
    return send_invoice(connector, ours, NobodyElse())
