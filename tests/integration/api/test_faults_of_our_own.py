"""What is not the caller's fault: told as such, and told in full only to the log."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import msgspec
import pytest
from pydantic import SecretStr

from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.engine.protocol import Ask, AskMany, Reply
from app.infrastructure.engine.worker import Worker
from app.infrastructure.storage.database import Database
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import (
    FREIGHT,
    X12,
    Client,
    assert_problem,
    decide,
    entrance,
    places,
    send,
)


def test_what_nobody_foresaw_is_an_incident_in_the_log_and_no_more(
    house: House, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_clock() -> datetime:
        raise RuntimeError("postgresql://user:hunter2@host is down")

    with entrance(replace(house, now=broken_clock), settings) as client:
        answer = send(client, FREIGHT, X12)

    problem = assert_problem(answer, 500, "incident")
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert problem["incident"] in problem["detail"]
    [logged] = [record for record in caplog.records if record.name == "tollgate.http"]
    assert logged.levelno == logging.ERROR
    assert problem["incident"] in logged.getMessage()
    assert logged.exc_info is not None


def test_a_database_that_is_away_makes_it_not_ready_and_tells_no_password(
    house: House, settings: Settings
) -> None:
    away = Database("postgresql://tollgate:hunter2@127.0.0.1:1/main")
    with entrance(replace(house, database=away), settings) as client:
        ready = client.get("/ready")
        answers = [ready, send(client, FREIGHT, X12), decide(client, "1")]
        assert client.get("/health").json() == {"status": "alive"}
    away.close()

    for answer in answers:
        assert_problem(answer, 503, "not-ready")
        assert "hunter2" not in answer.text
        assert "127.0.0.1" not in answer.text
    assert "database" in places(ready.json())


def test_it_is_ready_only_with_tables_and_editions(house: House, settings: Settings) -> None:
    elsewhere = SecretStr(settings.database_url.get_secret_value() + ".new")
    empty = Database(elsewhere.get_secret_value())
    with entrance(replace(house, database=empty), settings) as client:
        before = assert_problem(client.get("/ready"), 503, "not-ready")
        empty.upgrade()
        without_editions = assert_problem(client.get("/ready"), 503, "not-ready")
    empty.close()
    with entrance(house, settings) as client:
        assert client.get("/ready").json() == {"status": "ready"}

    assert "database" in places(before)
    assert places(without_editions) == ["editions"]


class Told:
    """A first key that says what the test wants."""

    def __init__(self, answer: Answer | NoAnswer) -> None:
        self.answer = answer

    def judge(self, pack: RulePack, view: View) -> Answer | NoAnswer:
        del pack, view
        return self.answer

    def judge_many(self, pack: RulePack, views: Sequence[View]) -> list[Answer | NoAnswer]:
        return [self.judge(pack, view) for view in views]


def metric(client: Client, name: str) -> float:
    """One line of what the operator reads; nothing is not zero."""
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    told = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    [value] = [value for labelled, _, value in told if labelled == name]
    return float(value)


@pytest.mark.parametrize(
    "code, answer, evidence",
    [
        ("ENGINE_FAILED", NoAnswer(why="it died", evidence="2 attempts"), "it died"),
        ("ENGINE_DISAGREEMENT", Answer(firings=()), "only the second key: "),
    ],
)
def test_a_failing_key_is_an_alarm_a_line_in_the_log_and_evidence_that_replays(
    house: House,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    code: str,
    answer: Answer | NoAnswer,
    evidence: str,
) -> None:
    alarm = f'tollgate_engine_alarms_total{{hold="{code}"}}'
    with entrance(replace(house, first_key=Told(answer)), settings) as client:
        send(client, FREIGHT, X12)
        before = metric(client, alarm)
        decision = decide(client, "SHIP-1").json()
        assert metric(client, alarm) == before + 1

    assert decision["verdict"] == "hold"
    [hold] = [hold for hold in decision["holds"] if hold["code"] == code]
    assert hold["evidence"][0]["says"].startswith(evidence)
    [logged] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert code in logged.getMessage()
    assert decision["decision_id"] in logged.getMessage()
    assert evidence in logged.getMessage()
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decision["decision_id"])
    assert msgspec.json.decode(row.answers, type=Answer | NoAnswer) == answer
    # The engine has recovered; what was decided without it is computed from what it said then.
    assert [each.differs for each in replay_decisions(house)] == [""]


def test_retries_replacements_and_packs_loaded_are_counted_for_the_operator(
    house: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = 'tollgate_engine_processes_replaced_total{why="lost"}'
    counters = (lost, "tollgate_engine_retries_total", "tollgate_engine_packs_loaded_total")
    with EnginePool(time_limit_s=10.0) as engine:
        own = replace(house, first_key=engine)
        with entrance(own, settings) as client:
            send(client, FREIGHT, X12)
            before = [metric(client, name) for name in counters]
            right = Worker.reply_to

            def killed_once(self: Worker, ask: Ask | AskMany, rules: bytes) -> Reply:
                monkeypatch.setattr(Worker, "reply_to", right)
                self.process.kill()
                return right(self, ask, rules)

            monkeypatch.setattr(Worker, "reply_to", killed_once)
            assert decide(client, "SHIP-1").status_code == 200
            after = [metric(client, name) for name in counters]
    assert after[0] == before[0] + 1
    assert after[1] == before[1] + 1
    assert after[2] > before[2]
