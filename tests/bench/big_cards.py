"""A card of made-up lanes, as large as somebody wants it, the same at each run."""

import random
from collections.abc import Iterator
from pathlib import Path

CARD = """\
name: Made-up lanes
customer: BENCH
currency: USD
agreed in: a benchmark
effective: 2026-01-01 onwards
rate date: pickup
lanes: origin first
charges:
  - charge: linehaul
    shape: per mile
    mileage: PC*MILER
    rates: lanes.csv
"""
SEED = 2026


def write_card(folder: Path, rows: int) -> None:
    """`card.yaml` and a table of so many lanes between ZIP3s, from `000 to 000` on."""
    folder.mkdir()
    (folder / "card.yaml").write_text(CARD, encoding="utf-8")
    with (folder / "lanes.csv").open("w", encoding="utf-8") as table:
        table.writelines(_lines(rows))


def _lines(rows: int) -> Iterator[str]:
    draw = random.Random(SEED)
    yield "row,origin,destination,rate,minimum,effective from,known from\n"
    for row in range(rows):
        origin, destination = lane(row)
        rate, minimum = draw.randrange(1500, 4000), draw.randrange(300, 900)
        days = "2026-01-01,2025-12-01"
        yield f"{row + 1},{origin},{destination},{rate / 1000:.3f},{minimum}.00,{days}\n"


def lane(row: int) -> tuple[str, str]:
    """The ZIP3s of a row; the first thousand rows have one origin."""
    origin, destination = divmod(row, 1000)
    return f"{origin:03}", f"{destination:03}"
