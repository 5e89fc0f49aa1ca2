"""Many threads and two processes claim the same and overlapping units: one release each."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.billing.release_token import release_token
from app.errors import ConflictError, StaleDecisionError
from app.infrastructure.storage.rows import Release
from app.operations.deciding.decide_unit import decide_unit
from app.operations.house import House
from app.operations.releasing.claim_release import claim_by_token
from tests.integration.operations import northwind as nw
from tests.integration.operations.claiming import answers
from tests.integration.operations.conftest import SetClock

LIMIT_MINOR = 500_000
"""Northwind's open provisional invoices, all together."""


def url_of(house: House) -> str:
    return house.database._url.render_as_string(hide_password=False)


@contextmanager
def another_process(house: House, tokens: list[str]) -> Iterator[subprocess.Popen[str]]:
    """One that is ready to claim and waits for the word."""
    command = [sys.executable, "-m", "tests.integration.operations.claiming"]
    with subprocess.Popen(
        [*command, url_of(house), *tokens],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


def said_by(process: subprocess.Popen[str]) -> list[tuple[str, str]]:
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return [(token, answer) for token, answer in json.loads(told)]


def shuffled(tokens: list[str], seed: int) -> list[str]:
    """The tokens three times over, each time in another order."""
    order = random.Random(seed)
    return [each for _ in range(3) for each in order.sample(tokens, len(tokens))]


def releases_of(house: House, *numbers: str) -> list[Release]:
    with house.database.reading("main") as store:
        found = [store.releases.of_unit(f"shipment:{number}") for number in numbers]
    return [release for family in found for release in family]


def claims_told(house: House, *numbers: str) -> int:
    with house.database.reading("main") as store:
        events = [e for number in numbers for e in store.outbox.about(f"shipment:{number}")]
    return sum(1 for each in events if each.type == "release.claimed")


def test_threads_and_two_processes_get_one_release_for_each_unit_and_keep_to_the_limit(
    house: House,
) -> None:
    # Provisional ones at 1,297.80 each: three keep to 5,000.00, a fourth would not. Besides, two
    # units that may go out for good.
    provisional = ["P1", "P2", "P3", "P4", "P5"]
    final = ["F1", "F2"]
    for number in provisional:
        nw.record(house, *nw.moved(number, "10000"))
    for number in final:
        nw.record(house, *nw.moved(number), nw.pod(number))
    numbers = [*provisional, *final]
    tokens = [release_token(decide_unit(house, number).decision) for number in numbers]
    assert all(tokens)

    with another_process(house, shuffled(tokens, 1)) as other:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        told = answers(house, shuffled(tokens, 2))
        told += said_by(other)

    released = releases_of(house, *numbers)
    of_kind = {kind: [each for each in released if each.kind == kind] for kind in ("final",)}
    open_minor = sum(each.amount_minor for each in released if each.kind == "provisional")
    assert len(of_kind["final"]) == 2
    assert open_minor == 3 * 129_780 <= LIMIT_MINOR
    assert claims_told(house, *numbers) == len(released) == 5
    ids = {each.release_id for each in released}
    by_token: dict[str, set[str]] = {}
    for token, answer in told:
        by_token.setdefault(token, set()).add(answer if answer in ids else answer[:17])
    assert all(len(each) == 1 for each in by_token.values()), by_token
    assert {"PROVISIONAL_LIMIT"} in by_token.values()


def test_of_an_early_and_a_late_token_only_one_is_ever_answered_with_the_release(
    house: House,
) -> None:
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    tokens = [release_token(decide_unit(house, "N1").decision)]
    nw.record(house, nw.milestone("N1", "en_route", "2026-03-03T08:00:00-06:00"))
    tokens.append(release_token(decide_unit(house, "N1").decision))

    with another_process(house, shuffled(tokens, 3)) as other:
        assert other.stdin is not None
        other.stdin.write("go\n")
        other.stdin.flush()
        told = answers(house, shuffled(tokens, 4)) + said_by(other)

    (release,) = releases_of(house, "N1")
    winners = {token for token, answer in told if answer == release.release_id}
    losers = {token for token, answer in told if "was released before" in answer}
    assert len(winners) == len(losers) == 1
    assert winners | losers == set(tokens)
    assert len(told) == 12


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["claim", "claim an earlier token", "status", "weigh", "hold", "lift"]),
        st.sampled_from(["A", "B", "C"]),
    ),
    min_size=4,
    max_size=14,
)


class Story:
    """Units to which anything may happen, and what must be so whatever does."""

    def __init__(self, house: House, tag: str) -> None:
        self.house, self.tag, self.count = house, tag, 0
        self.tokens: dict[str, list[str]] = {}
        self.first: dict[str, Release] = {}

    def number(self, name: str) -> str:
        return f"{self.tag}{name}"

    def begin(self, name: str) -> None:
        number = self.number(name)
        nw.record(self.house, *nw.moved(number), nw.pod(number))
        self.seen(name)

    def seen(self, name: str) -> None:
        token = release_token(decide_unit(self.house, self.number(name)).decision)
        known = self.tokens.setdefault(name, [])
        if token and token not in known:
            known.append(token)

    def step(self, what: str, name: str) -> None:
        if what.startswith("claim"):
            self.claim(self.tokens[name][0 if "earlier" in what else -1])
        else:
            self.happens(what, name)
            self.seen(name)
        self.check(name)

    def claim(self, token: str) -> None:
        before = self.first.get(token)
        try:
            release = claim_by_token(self.house, token)
        except (ConflictError, StaleDecisionError):
            assert before is None, "a token that was answered once is answered again"
            return
        assert before in (None, release), "the same token is the same release"
        self.first[token] = release

    def happens(self, what: str, name: str) -> None:
        number, self.count = self.number(name), self.count + 1
        tag = f"{what} {number} {self.count}"
        at = f"2026-03-{5 + self.count:02}T09:00:00-06:00"
        if what == "status":
            event = nw.milestone(number, "en_route", "2026-03-03T08:00:00-06:00")
            event["id"] = tag
            event["data"]["occurred_at"] = f"2026-03-03T08:{self.count:02}:00-06:00"
        elif what == "weigh":
            weight = str(1700 + 300 * self.count)
            event = nw.shipment(number, weight=weight, revision=self.count, id=tag)
        else:
            said = {"exception": f"M {number}", "exception_type": "manual_hold"}
            event = nw.event(
                "exception",
                {**said, "open": what == "hold"},
                system="ops",
                id=tag,
                time=at,
                references=nw.named("shipment", number),
            )
        nw.record(self.house, event)

    def check(self, name: str) -> None:
        number = self.number(name)
        answered = {self.first[token] for token in self.tokens[name] if token in self.first}
        assert len(answered) <= 1, "a unit has one release, and one token that it answers to"
        assert releases_of(self.house, number) == list(answered)
        assert claims_told(self.house, number) == len(answered)
        for release in answered:
            with self.house.database.reading("main") as store:
                row = store.decisions.decision(release.decision_id)
                asked = store.decisions.decision(release.asked_decision_id)
            billed = (release.amount_minor, release.customer)
            assert billed == (row.amount_minor, row.customer)
            assert billed == (asked.amount_minor, asked.customer)
            assert row.verdict == asked.verdict == "release"


def test_whatever_happens_a_unit_has_one_release_for_the_money_its_token_said(
    house: House, clock: SetClock
) -> None:
    house = replace(house, now=clock)
    count = 0

    @settings(
        max_examples=8,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        database=None,
        derandomize=True,
    )
    @given(STEPS)
    def story(steps: list[tuple[str, str]]) -> None:
        nonlocal count
        count += 1
        told = Story(house, f"S{count}X")
        for name in ("A", "B", "C"):
            told.begin(name)
        for what, name in steps:
            told.step(what, name)

    story()


def test_facts_that_come_while_it_is_claimed_are_looked_at_before_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A status comes between each look and the lock; the claim ends, and under the last of them."""
    nw.record(house, *nw.moved("N1"), nw.pod("N1"))
    token = release_token(decide_unit(house, "N1").decision)
    coming = iter(range(3))
    right = type(house.database).writing

    def disturbed(database: object, tenant: str) -> object:
        number = next(coming, None)
        if number is not None:
            status = nw.milestone("N1", "en_route", f"2026-03-03T08:0{number}:00-06:00")
            nw.record(house, {**status, "id": f"status {number}"})
        return right(database, tenant)  # type: ignore[arg-type]

    monkeypatch.setattr(type(house.database), "writing", disturbed)
    release = claim_by_token(house, token)
    monkeypatch.undo()
    with house.database.reading("main") as store:
        dossier = store.decisions.dossier(
            store.decisions.decision(release.decision_id).dossier_digest
        )
    assert dossier.count(b"en_route") == 3
    assert release.decision_id != release.asked_decision_id
