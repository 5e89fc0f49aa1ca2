"""The log as whoever collects it reads it: a JSON object a line."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.telemetry.logs import formatter


@contextmanager
def logged() -> Iterator[list[dict[str, Any]]]:
    """What is logged within; filled when the block ends."""
    written = io.StringIO()
    lines: list[dict[str, Any]] = []
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter("json"))
    root, ours = logging.getLogger(), logging.getLogger("tollgate")
    level = ours.level
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        ours.setLevel(level)
        lines += [json.loads(line) for line in written.getvalue().splitlines()]
