"""A real rate table of 1,540 rows on 9,215 real orders: `python -m tests.bench.bench_brunel`.

tollgate reads the card, proves it, and prices each order with its whole working: the formula,
the facts, the row, and what is ambiguous or missing. Beside it a pandas merge that only finds
which rates hold, and prices nothing. Both are given the same files as text and have to come to
the same counts. Only the ratio says something; the times are this machine's.
"""

import io
import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from app.authoring.files.card_files import draft_from
from app.authoring.importers.brunel import (
    BY_CUSTOMER,
    ORDERS,
    RATES,
    card_of_brunel,
    orders_of_brunel,
)
from app.authoring.workshop.rate_audit import MANY, audited

SHARED = Path(os.environ.get("TOLLGATE_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data"))
ROUNDS = 3
pandas: Any = import_module("pandas")
"""Only benchmarks have it, so the type checker does not know it."""
Counts = dict[int, int]


def by_pandas(read: Callable[[str], str]) -> Counts:
    """Orders by the number of rates that hold: a merge on the keys, then a filter by weight."""
    rates = pandas.read_csv(io.StringIO(read(RATES)), thousands=",")
    orders = pandas.read_csv(io.StringIO(read(ORDERS)))
    orders = orders[orders["Service Level"] != BY_CUSTOMER]
    both = orders.merge(
        rates,
        left_on=["Carrier", "Origin Port", "Destination Port", "Service Level"],
        right_on=["Carrier", "orig_port_cd", "dest_port_cd", "svc_cd"],
    )
    within = (both["minm_wgh_qty"] <= both["Weight"]) & (both["Weight"] <= both["max_wgh_qty"])
    rates_of = both[within].groupby("Order ID").size()
    counts: Counter[int] = Counter(min(int(number), MANY) for number in rates_of)
    counts[0] = len(orders) - len(rates_of)
    return dict(sorted(counts.items()))


def by_tollgate(read: Callable[[str], str], took: dict[str, float]) -> Counts:
    """The same by pricing every order; what each step took is added up."""
    began = time.perf_counter()
    files = card_of_brunel(read, by_transit_days=False, rounded=False)
    card, mistakes = draft_from("BRUNEL", files.__getitem__)
    assert card is not None, "an imported card has a head"
    assert mistakes, "the published rates contradict each other"
    proved = time.perf_counter()
    every = tuple(orders_of_brunel(read))
    units = tuple(order.unit() for order in every if not order.by_customer)
    folded = time.perf_counter()
    audit = audited(card, units, len(every) - len(units), date(2013, 5, 26))
    priced = time.perf_counter()
    took["import, read and prove the card"] = proved - began
    took["read and fold the orders"] = folded - proved
    took["rate, with full working"] = priced - folded
    return audit.with_rates


def best(work: Callable[[], Counts]) -> tuple[float, Counts]:
    """The fastest of some rounds, in seconds."""
    times = []
    for _ in range(ROUNDS):
        before = time.perf_counter()
        counts = work()
        times.append(time.perf_counter() - before)
    return min(times), counts


def main() -> None:
    """Print what each took, and the ratio."""
    folder = SHARED / "brunel"
    if not folder.exists():
        print(f"the real files are not here ({folder}); see tests/README.md")
        return
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in (RATES, ORDERS)}
    took: dict[str, float] = {}
    merged, found = best(lambda: by_pandas(texts.__getitem__))
    whole, counted = best(lambda: by_tollgate(texts.__getitem__, took))
    assert counted == found, f"tollgate counts {counted}, pandas {found}"
    rated = sum(counted.values())
    print(f"{rated:,} orders by the number of rates that hold: {counted}, the same by both\n")
    print(f"{'pandas merge, finds the rates only':<40}{merged:>8.3f} s")
    print(f"{'tollgate, end to end':<40}{whole:>8.3f} s")
    for step, seconds in took.items():
        print(f"{'  ' + step:<40}{seconds:>8.3f} s{seconds / rated * 1e6:>8.0f} us an order")
    print(f"\n{'ratio, end to end':<40}{whole / merged:>8.1f}")
    print(f"{'ratio, rating alone':<40}{took['rate, with full working'] / merged:>8.1f}")


if __name__ == "__main__":
    main()
