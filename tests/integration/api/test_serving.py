"""The real process: it starts, answers, and ends when asked."""

from pathlib import Path

import httpx

from app.entrypoints.api.examples.sent import EVENTS
from tests.integration.api.served import serving


def test_it_starts_on_a_new_file_answers_and_ends_in_order(tmp_path: Path) -> None:
    with serving(f"sqlite:///{tmp_path / 'new.db'}", tmp_path) as served:
        taken = httpx.post(f"{served.url}/v1/events", json=EVENTS)
        assert taken.status_code == 200
        assert "server" not in taken.headers
        asked = httpx.post(f"{served.url}/v1/charge-decisions", json={"reference": "SO-20117"})
        assert asked.json()["verdict"] == "release"
        children = served.children()
        assert children

        assert served.stop() == 0

    assert not any(Path(f"/proc/{child}").exists() for child in children)
    log = served.log.read_text(encoding="utf-8")
    assert "in force: rules standard" in log
    assert "Traceback" not in log
