"""A process is killed while it sends: nothing is lost, and a repeat has the same id."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from standardwebhooks import Webhook

from app.infrastructure.sending.senders import Senders
from app.main import now
from app.operations.house import House
from app.operations.sending.fan_out import fan_out
from app.operations.sending.send_due import send_due
from tests.integration.sending.receivers import Receiver
from tests.integration.sending.test_receivers_that_were_down import SECRET
from tests.integration.sending.told import counted, destination, tell

GIVEN_BACK_WITHIN_S = 30.0
SENDING = """
import sys
from pathlib import Path
from app.infrastructure.sending.senders import Senders
from app.infrastructure.storage.database import Database
from app.main import now
from app.operations.house import House
from app.operations.sending.send_due import send_due
from tests.integration.sending.conftest import NoKey
from tests.integration.sending.told import destination

url, hook, secrets = sys.argv[1:]
house = House(database=Database(url), first_key=NoKey(), tenant="acme", actor="child", now=now)
to = destination(url=hook, secret="hook", timeout_s=60)
send_due(house, Senders(Path(secrets), "acme", now), [to])
"""


def test_what_a_killed_process_had_in_hand_is_sent_by_the_next_one(
    house: House, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "hook").write_text(SECRET)
    billing = destination(url=receiver.url, secret="hook", timeout_s=60)
    tell(house, '{"n":1}')
    fan_out(house, [billing])
    receiver.hangs.set()
    url = house.database._url.render_as_string(hide_password=False)
    child = subprocess.Popen([sys.executable, "-c", SENDING, url, receiver.url, str(tmp_path)])
    assert receiver.asked.wait(60)
    child.send_signal(signal.SIGKILL)
    child.wait()
    receiver.hangs.clear()
    assert counted(house) == {("acme/billing", "waiting"): 1}

    until = time.monotonic() + GIVEN_BACK_WITHIN_S
    with Senders(tmp_path, house.tenant, now) as senders:
        while not send_due(house, senders, [billing]).sent:
            assert time.monotonic() < until, "the database never gave the row back"

    assert counted(house) == {("acme/billing", "sent"): 1}
    first, second = receiver.requests
    assert first.body == second.body
    for request in (first, second):
        assert Webhook(SECRET).verify(request.body, request.headers)["data"] == {"n": 1}
