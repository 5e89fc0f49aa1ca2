"""`tollgate sendings`, as a person types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.entrypoints.cli import main
from app.infrastructure.sending.sender import NotSentError
from app.infrastructure.storage.database import Database
from app.operations.house import House
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from tests.integration.sending.conftest import NoKey
from tests.integration.sending.told import (
    Scripted,
    SetClock,
    counted,
    dead,
    destination,
    down,
    tell,
    to,
)

BILLING = destination(in_flight=1, opens_after=2, longest_wait_s=10**9, first_wait_s=10**9)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The house that the command finds by its settings."""
    url = f"sqlite:///{tmp_path / 'tollgate.db'}"
    monkeypatch.setenv("TOLLGATE_DATABASE_URL", url)
    monkeypatch.setenv("TOLLGATE_ACTOR", "maria")
    database = Database(url)
    database.upgrade()
    return House(database=database, first_key=NoKey(), tenant="main", actor="test", now=SetClock())


def asked(*words: str) -> Result:
    return CliRunner().invoke(main, ["sendings", *words], catch_exceptions=False)


def test_every_destination_is_shown_and_what_was_given_up_and_why(home: House) -> None:
    assert asked().output == "there are no destinations, and nothing was ever on its way\n"
    tell(home, "1", "2", "3", "4")
    fan_out(home, [BILLING])
    answers = [NotSentError("no such customer", retry=False), *down(2)]
    send_due(home, to(Scripted(*answers)), [BILLING])

    shown = asked()

    assert shown.exit_code == 0
    first, second, third = shown.output.splitlines()
    assert first.startswith(
        "acme/billing: 3 waiting, 0 sent, 1 dead; not among the destinations in force, "
        "failed 2 times in a row, left alone until 20"
    )
    assert second == (
        f"dead: {dead(home)[0].seq} decision.changed shipment:1 for acme/billing, 1 attempts"
    )
    assert third == "    no such customer"
    home.database.close()


def test_one_or_all_of_a_destination_are_tried_again_and_say_why(home: House) -> None:
    tell(home, "1", "2", "3")
    fan_out(home, [BILLING])
    send_due(home, to(Scripted(*[NotSentError("no", retry=False)] * 3)), [BILLING])
    seq = str(dead(home)[0].seq)

    one = asked("retry", seq, "--because", "known now")
    assert one.output == f"waits again: {seq} decision.changed for acme/billing\n"
    everything = asked("retry", "acme/billing", "--because", "known now")
    assert everything.output == "2 wait again for acme/billing\n"

    assert counted(home) == {("acme/billing", "waiting"): 3}
    with home.database.reading(home.tenant) as store:
        retried = store.sendings.attempts(int(seq))[-1]
    assert (retried.outcome, retried.detail, retried.actor) == ("retried", "known now", "maria")
    home.database.close()


def test_what_cannot_be_retried_is_told_in_a_sentence(home: House) -> None:
    for words, said in (
        (("retry", "4711", "--because", "x"), "tollgate: there is no sending 4711"),
        (("retry", "acme/erp", "--because", "x"), "nothing was ever sent to acme/erp"),
        (("retry", "acme/erp", "--because", " "), "say why it is tried again"),
    ):
        refused = asked(*words)
        assert refused.exit_code == 1
        assert said in refused.output
    assert asked("retry", "4711").exit_code == 2
    home.database.close()
