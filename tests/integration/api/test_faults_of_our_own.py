"""What is not the caller's fault: told as such, and told in full only to the log."""

import logging
from dataclasses import replace
from datetime import datetime

import pytest
from litestar.testing import TestClient
from pydantic import SecretStr

from app.entrypoints.api.serving import create_app
from app.infrastructure.storage.database import Database
from app.operations.house import House
from app.settings import Settings
from tests.integration.api.asking import FREIGHT, X12, assert_problem, decide, places, send


def test_what_nobody_foresaw_is_an_incident_in_the_log_and_no_more(
    house: House, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    def broken_clock() -> datetime:
        raise RuntimeError("postgresql://user:hunter2@host is down")

    with TestClient(create_app(replace(house, now=broken_clock), settings)) as client:
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
    with TestClient(create_app(replace(house, database=away), settings)) as client:
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
    with TestClient(create_app(replace(house, database=empty), settings)) as client:
        before = assert_problem(client.get("/ready"), 503, "not-ready")
        empty.upgrade()
        without_editions = assert_problem(client.get("/ready"), 503, "not-ready")
    empty.close()
    with TestClient(create_app(house, settings)) as client:
        assert client.get("/ready").json() == {"status": "ready"}

    assert "database" in places(before)
    assert places(without_editions) == ["editions"]
