"""An engine process with a fault put into it: what a unit's `fault` says happens inside the child.

Run instead of the real one; everything but the fault is the real one.
"""

import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from app.infrastructure.engine.child import Loaded, Pairs, _pipes_of_our_own, answer_until_the_end
from app.infrastructure.engine.encoded import Thing
from app.infrastructure.engine.showing import Told

WITHOUT_FAULT = Loaded.judge


def hang() -> NoReturn:
    """As the engine does: busy, and deaf to everything but the kernel."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    while True:
        pass


def judge(self: Loaded, unit: Told, items: Sequence[Thing]) -> Pairs:
    """The firings, unless the unit has a fault."""
    match unit.get("fault"):
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "abort":
            os.abort()
        case "hang":
            hang()
        case "leave":
            os._exit(0)
        case "raise":
            raise MemoryError
        case _:
            pass
    return WITHOUT_FAULT(self, unit, items)


if __name__ == "__main__":
    Loaded.judge = judge  # type: ignore[method-assign]
    answer_until_the_end(*_pipes_of_our_own(), float(sys.argv[1]))
