"""What rating costs, and how that grows with the table: `python -m tests.bench.bench_rating`.

1. A card of a million lanes is read from its files, proved and indexed; in a process of its
   own, so that the memory is its own too.
2. One lane is looked up among a million rows and among a thousand.
3. Shipments are rated with their whole working, for each shape of a charge: by the worked
   examples of `tests/cases/pricing` and the three customers' own cards.

What a real table costs beside a plain merge is `bench_brunel`, in a file of its own because
it needs other data. Only ratios and the memory say something; times are this machine's.
"""

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec

from app.authoring.files.card_files import card_from, load_card
from app.evidence.correlation.unit import BillableUnit
from app.evidence.facts.fact import Fact
from app.pricing.agreed.term import Term
from app.pricing.lines.charge import Input, Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.rate import price
from app.pricing.reckoned.lookup import lane_row
from app.pricing.reckoned.occasion import Occasion
from app.pricing.shapes import SHAPES
from app.pricing.shapes.per_mile import PerMile
from tests.bench.big_cards import CARD, SEED, lane, write_card
from tests.unit.pricing import made_facts as made
from tests.unit.pricing.test_money_cases import card_of, read_cases, told_in
from tests.unit.pricing.test_rate_cards import (
    KNOWN_ON,
    MARKET,
    RATECARDS,
    kestrel_load,
    northwind_unit,
)

FEW, MANY = 1_000, 1_000_000
LOOKUPS, ROUNDS = 2_000, 7
SECONDS = 0.5
"""So long each shape is rated, at least."""


class Example(msgspec.Struct, frozen=True):
    """A shipment with all that it is priced by."""

    card: RateCard
    unit: BillableUnit
    siblings: tuple[BillableUnit, ...]
    market: tuple[Fact, ...]
    known_on: date

    def rated(self) -> Rated:
        """The shipment with its whole working."""
        return price(self.unit, self.siblings, self.market, self.card, self.known_on)


def compile_card(folder: Path) -> Iterator[str]:
    """What the card costs until its first lane is found; run in a process of its own."""
    bare = peak()
    before = time.perf_counter()
    term = per_mile_of(folder)
    proved = time.perf_counter()
    occasion = shipment_on(*lane(0))
    assert lane_row(occasion, term, term.rates) == term.rates[0], "the first lane is found"
    yield (
        f"{len(term.rates):,} rows: read and proved in {proved - before:.1f} s, first look-up "
        f"after {time.perf_counter() - proved:.2f} s; peak memory {peak():,.0f} MiB, "
        f"{bare:,.0f} of them before"
    )


def peak() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def look_up(few: Path, many: Path) -> Iterator[str]:
    """Microseconds for a lane among few and among many rows, by turns so that both age alike."""
    draw = random.Random(SEED)
    best: dict[int, float] = {}
    terms = [per_mile_of(folder) for folder in (few, many)]
    shipments = [
        [shipment_on(*lane(draw.randrange(len(term.rates)))) for _ in range(LOOKUPS)]
        for term in terms
    ]
    for _ in range(ROUNDS):
        for term, wanted in zip(terms, shipments, strict=True):
            lane_row(wanted[0], term, term.rates)
            before = time.perf_counter()
            for occasion in wanted:
                lane_row(occasion, term, term.rates)
            took = (time.perf_counter() - before) / LOOKUPS * 1e6
            best[len(term.rates)] = min(took, best.get(len(term.rates), took))
    for size, took in best.items():
        yield f"among {size:>9,} rows: {took:.1f} us"
    sizes = sorted(best)
    growth = best[sizes[-1]] / best[sizes[0]]
    yield f"{sizes[-1] // sizes[0]:,} times the rows take {growth:.2f} times the time"


def per_mile_of(folder: Path) -> PerMile:
    """The linehaul of a made-up card."""
    term = load_card(folder).charges[0]
    assert isinstance(term, PerMile), "the made-up card has miles"
    return term


def shipment_on(origin: str, destination: str) -> Occasion:
    """A shipment from one ZIP3 to another that looks for its row."""
    unit = made.unit(
        "S1",
        made.shipment(
            "S1",
            origin=made.place(f"Here IL {origin}01"),
            destination=made.place(f"There GA {destination}01"),
        ),
    )
    return Occasion(
        unit=unit,
        load=(unit,),
        called_off=(),
        market=(),
        card="Made-up lanes",
        currency="USD",
        lane_order="origin first",
        day=made.SHIPPED_ON,
        dated_by=Input(name="rate date", value=str(made.SHIPPED_ON)),
        known_on=made.SHIPPED_ON,
    )


def shapes() -> Iterator[str]:
    """Shipments a second by each shape, with what it is taken of and nothing else on the card."""
    every = list(examples())
    for kind in SHAPES:
        mine = [one for each in every for one in _of_shape(each, kind)]
        name = str(kind.__struct_config__.tag)
        if not mine:
            yield f"{name:<16} no example prices it"
            continue
        took = _seconds_each(mine)
        yield f"{name:<16}{1 / took:>9,.0f} a second, over {len(mine)} examples"


def _seconds_each(mine: list[Example]) -> float:
    rounds, before = 0, time.perf_counter()
    while (took := time.perf_counter() - before) < SECONDS:
        for example in mine:
            example.rated()
        rounds += 1
    return took / (rounds * len(mine))


def examples() -> Iterator[Example]:
    """The worked examples that price something, and shipments of the customers' own cards."""
    for case in (each.values[0] for each in read_cases()):
        if "expect" in case and "share" not in case:
            units, market, known_on = told_in(case)
            for number in case["expect"]:
                every = tuple(units.values())
                yield Example(card_of(case), units[number], every, market, known_on)
    loads, order = kestrel_load(), halcyon_order()
    for customer, unit, others in (
        ("NORTHWIND", northwind_unit(made.claim("A1", "liftgate")), ()),
        ("KESTREL", loads[0], loads),
        ("HALCYON", order, ()),
    ):
        yield Example(load_card(RATECARDS / customer), unit, others, MARKET, KNOWN_ON)
    yield Example(flat_card(), order, (), (), KNOWN_ON)


def halcyon_order() -> BillableUnit:
    """An order so small that it is raised to the minimum, with work that was done."""
    return made.unit(
        "O1",
        made.ship_confirm("W1", [("SKU1", "2", "each")], cartons="1"),
        made.work("V1", "labelling", "12"),
        kind="order",
    )


def flat_card() -> RateCard:
    """One amount for everything, by the day of the warehouse."""
    card = CARD.replace("rate date: pickup", "rate date: ship confirm")
    head = card.partition("charges:")[0]
    files = {
        "card.yaml": f"{head}charges:\n  - {{charge: order_fee, shape: flat, rates: fee.csv}}\n",
        "fee.csv": "row,amount,effective from,known from\n1,4.50,2026-01-01,2025-12-01\n",
    }
    return card_from("flat", files.__getitem__)


def _of_shape(example: Example, kind: type[Term]) -> Iterator[Example]:
    """The example on a card of one charge of the shape, where that gives a line."""
    by_code = {term.charge: term for term in example.card.charges}
    for term in example.card.charges:
        if isinstance(term, kind):
            codes = {term.charge, *_taken_of(term, by_code)}
            charges = tuple(each for each in example.card.charges if each.charge in codes)
            card = msgspec.structs.replace(example.card, charges=charges)
            one = msgspec.structs.replace(example, card=card)
            if any(line.code.startswith(term.charge) for line in one.rated().charges):
                yield one


def _taken_of(term: Term, by_code: Mapping[str, Term]) -> Iterator[str]:
    for code in term.of:
        yield code
        yield from _taken_of(by_code[code], by_code)


def alone(*words: object) -> None:
    """Run one part in a process of its own, which prints what it found."""
    command = [sys.executable, "-m", "tests.bench.bench_rating", *map(str, words)]
    subprocess.run(command, check=True)


PARTS: Mapping[str, Callable[..., Iterator[str]]] = {
    "compile": compile_card,
    "look-up": look_up,
    "shapes": shapes,
}


def main() -> None:
    """Every part, or the one that was asked for."""
    if len(sys.argv) > 1:
        for line in PARTS[sys.argv[1]](*map(Path, sys.argv[2:])):
            print(f"  {line}")
        return
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        write_card(few, FEW)
        write_card(many, MANY)
        print("a card is read, proved and indexed", flush=True)
        alone("compile", few)
        alone("compile", many)
        print("a lane is looked up", flush=True)
        alone("look-up", few, many)
    print("shipments are rated with their whole working", flush=True)
    alone("shapes")


if __name__ == "__main__":
    main()
