"""From facts to a paid invoice, through real processes, a real database and a real Tryton."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.infrastructure.storage.database import Database
from app.settings import PRODUCT
from tests.integration.api.served import Served, serving
from tests.integration.operations import northwind as nw
from tests.real.installation import amount, installation
from tests.real.tryton import RunningTryton

WITHIN_S = 90.0


@pytest.fixture(params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, tmp_path: Path, tryton: RunningTryton
) -> Iterator[Served]:
    """One process that takes facts in, decides, and bills in Tryton by itself."""
    url = f"sqlite:///{tmp_path / 'chain.db'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    database = Database(url)
    database.upgrade()
    database.close()
    settings = installation(tmp_path, PRODUCT / "rules", tryton.url, tryton)
    settings = {**settings, "TOLLGATE_ASK_EVERY_S": "0.5", "TOLLGATE_DROPS": str(tmp_path / "in")}
    with serving(url, tmp_path, settings=settings) as process:
        yield process


def after_a_while(find: Callable[[], Any], what: str, served: Served) -> Any:
    """What is found as soon as it is there."""
    until = time.monotonic() + WITHIN_S
    while time.monotonic() < until:
        if found := find():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what} never came:\n{served.log.read_text(encoding='utf-8')[-3000:]}")


def get(served: Served, path: str) -> Any:
    answer = httpx.get(f"{served.url}{path}", timeout=30)
    return answer.json() if answer.status_code == 200 else None


def test_facts_become_a_decision_an_invoice_and_a_payment_and_nobody_asks(
    served: Served, tryton: RunningTryton
) -> None:
    number = f"CH{served.process.pid}"
    facts = [*nw.moved(number), nw.pod(number)]
    headers = {"content-type": "application/json", "x-correlation-id": f"affair-{number}"}
    sent = httpx.post(
        f"{served.url}/v1/events", content=json.dumps(facts), headers=headers, timeout=30
    )
    assert sent.status_code == 200, sent.text

    def invoiced() -> Any:
        known = get(served, f"/v1/shipments/{number}")
        release = (
            known and known.get("release_id") and get(served, f"/v1/releases/{known['release_id']}")
        )
        return release if release and release["release"].get("invoice_number") else None

    known = after_a_while(invoiced, "the invoice", served)
    release = known["release"]
    # 20.00 cwt x 49.39 = 987.80, less 70% = 296.34; fuel 20.0% of it = 59.27.
    assert (release["amount_minor"], release["currency"]) == (35561, "USD")
    assert release["correlation_id"] == f"affair-{number}"

    domain = [["reference", "=", release["release_id"]]]
    (there,) = tryton.search("account.invoice", domain, "number", "state", "total_amount")
    assert (there["state"], amount(there["total_amount"])) == ("posted", "355.61")
    assert there["number"] == release["invoice_number"]

    assert tryton.pay(there["number"], "355.61") == "paid"

    def paid() -> bool:
        flows = get(served, f"/v1/flows/{number}?flow=ship_to_invoice")
        return bool(flows) and "paid" in json.dumps(flows)

    after_a_while(paid, "the payment", served)

    again = httpx.post(f"{served.url}/v1/charge-decisions/{release['decision_id']}/release")
    assert again.json()["invoice_number"] == release["invoice_number"]
    assert len(tryton.search("account.invoice", domain, "number")) == 1
