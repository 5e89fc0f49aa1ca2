"""Disputes are told over HTTP, to whoever has the key."""

import json

from tests.integration.api.asking import Client
from tests.integration.operations import northwind as nw


def test_disputes_are_listed_all_or_only_the_open_ones_of_a_customer(client: Client) -> None:
    claim = {
        "dispute": "D-17",
        "charge": "linehaul",
        "shipment": "N1",
        "reason": "weight",
        "amount": {"amount": "20.00", "currency": "USD"},
        "state": "opened",
    }
    gone = {**claim, "dispute": "D-18", "state": "resolved", "outcome": "withdrawn"}
    opened = nw.event("dispute", claim, system="portal", id="1")
    events = [nw.shipment("N1"), opened, nw.event("dispute", gone, system="portal", id="2")]
    media = {"Content-Type": "application/json"}
    assert client.post("/v1/events", content=json.dumps(events), headers=media).status_code == 200

    everything = client.get("/v1/disputes").json()
    assert [each["dispute"] for each in everything["disputes"]] == ["D-17", "D-18"]
    assert (everything["open"], everything["withdrawn"]) == (1, 1)

    mine = client.get("/v1/disputes", params={"open": "true", "customer": "NORTHWIND"}).json()
    assert [each["dispute"] for each in mine["disputes"]] == ["D-17"]
    assert client.get("/v1/disputes", params={"customer": "ACME"}).json()["disputes"] == []
