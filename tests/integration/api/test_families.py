"""What was billed for a unit, over HTTP: before its first invoice and with its number."""

from app.entrypoints.api.examples.sent import EVENTS
from tests.integration.api.asking import Client, assert_problem, decide
from tests.integration.api.test_releases import claim_by


def test_a_family_is_told_with_its_proposal_until_that_is_claimed(either_client: Client) -> None:
    either_client.post("/v1/events", json=EVENTS)
    token = decide(either_client, "SO-20117").headers["Release-Token"]

    before = either_client.get("/v1/families/SO-20117").json()
    assert (before["state"], before.get("documents", [])) == ("unbilled", [])
    assert [each["kind"] for each in before["proposal"]] == ["final"]
    assert before["release_token"] == token
    assert before["next_moves"] == ["final", "provisional"]

    released = claim_by(either_client, token).json()["release"]
    whole = {"number": "INV-1", "system": "tryton"}
    either_client.put(f"/v1/releases/{released['release_id']}/invoice", json=whole)

    after = either_client.get("/v1/families/SO-20117").json()
    assert after["state"] == "billed"
    assert after["balance"] == before["proposal"][0]["total"]
    (only,) = after["documents"]
    assert only["document"]["reference"] == released["release_id"]
    assert (only["place"], only["invoice_number"], only["state"]) == (1, "INV-1", "posted")
    assert "proposal" not in after
    assert "release_token" not in after
    assert after["next_moves"] == ["supplemental", "credit", "rebill"]


def test_what_nobody_has_reported_has_no_family(client: Client) -> None:
    assert_problem(client.get("/v1/families/NOBODY"), 404, "not-found")
