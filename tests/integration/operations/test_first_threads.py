"""Threads that read the first of everything at once do not end the process."""

import subprocess
import sys

import pytest

THREADS = """
import sys, threading
import msgspec
from app.operations import house
from app.operations.prepared import READ
sys.setswitchinterval(1e-6)
together = threading.Barrier(8)

def read():
    together.wait()
    for kind in READ:
        try:
            msgspec.json.decode(b"{}", type=kind)
        except msgspec.ValidationError:
            pass

threads = [threading.Thread(target=read) for _ in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
"""


@pytest.mark.parametrize("run", range(3))
def test_eight_threads_that_read_everything_for_the_first_time_all_end(run: int) -> None:
    del run
    ended = subprocess.run([sys.executable, "-c", THREADS], check=False, timeout=60)
    assert ended.returncode == 0
