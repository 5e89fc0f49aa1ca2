"""Every flaw of a card names a charge of it and a column or term that is there."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from app.authoring.files.card_files import draft_from
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.rating.card import RateCard
from app.pricing.rating.proof import flaws_of
from app.pricing.rating.rate import price
from tests.golden.workings import plain
from tests.kept import as_kept
from tests.unit.pricing.test_money_cases import CASES, Case, told_in


def refused_cases() -> list[Any]:
    """The cases of all files whose cards are refused and stand in the case itself."""
    return [
        pytest.param(case, id=f"{file.stem}: {case['case']}")
        for file in sorted(CASES.glob("*.yaml"))
        for case in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CBaseLoader)
        if "refused" in case and not isinstance(case["card"], str)
    ]


@pytest.mark.parametrize("case", refused_cases())
def test_a_flaw_names_the_charge_and_the_cell_in_which_it_is(case: Case) -> None:
    card = drafted(case)
    found = flaws_of(card) if card is not None else ()
    for flaw in found:
        assert card is not None, "only a card has flaws"
        assert flaw.what
        assert flaw.charge in {"", *(term.charge for term in card.charges)}
        assert not flaw.field or flaw.field in set(fields(card, flaw)), flaw
    as_kept([told(flaw) for flaw in found])


def drafted(case: Case) -> RateCard | None:
    """None where not even the head of the card can be read."""
    files = {"card.yaml": yaml.safe_dump(case["card"]), **case.get("tables", {})}
    card, _ = draft_from("case", files.__getitem__)
    return card


def fields(card: RateCard, flaw: Flaw) -> Iterator[str]:
    """The names that a flaw may give: columns of its row, else terms of its charge or card."""
    terms = [term for term in card.charges if term.charge == flaw.charge]
    if flaw.row is not None:
        for term in terms:
            yield from columns(term, flaw.row)
        return
    yield from card.__struct_fields__
    for term in terms:
        yield from term.__struct_fields__


def columns(term: Term, row: Row) -> Iterator[str]:
    """Its fields, and a column for each break, band or key of the charge."""
    named_by = getattr(row, "NAMED_BY", {})
    for field in row.__struct_fields__:
        yield field
        pattern = getattr(row, "COLUMNS", {}).get(field, "{}")
        yield from (pattern.format(name) for name in getattr(term, named_by.get(field, ""), ()))


def told(flaw: Flaw) -> dict[str, Any]:
    """All that it says, its row by table and line."""
    said = {name: getattr(flaw, name) for name in flaw.__struct_fields__}
    where = f"{flaw.row.table}:{flaw.row.line}" if flaw.row is not None else ""
    values = {**said, "row": where, "allowed": list(flaw.allowed)}
    return {name: value for name, value in values.items() if value}


TIES = """\
card:
  name: Ties
  customer: CASE
  currency: USD
  agreed in: made for cases
  effective: 2026-01-01 onwards
  rate date: pickup
  charges:
    - {charge: flat, shape: flat, rates: amounts.csv}
    - {charge: miles, shape: per mile, mileage: PC*MILER, rates: rates.csv}
    - {charge: lumper, shape: accessorial, rates: rates.csv}
    - {charge: passed_on, shape: cost plus, rates: markups.csv}
    - charge: linehaul
      shape: cwt breaks
      method: cwt_deficit_on_net_1
      interval: from inclusive
      minimum applies: after discount
      breaks: {any: 0}
      rates: breaks.csv
    - {charge: by_steps, shape: clipping, counts: weight, unit: lb, per: 100, steps: steps.csv}
    - charge: fuel_surcharge
      shape: fuel
      basis: per mile
      mileage: PC*MILER
      series: EIA on-highway diesel
      region: US
      published: Monday
      effective: Tuesday to Monday
      steps: fuel.csv
    - charge: detention
      shape: detention
      clock starts: arrival
      free time: free.csv
      increment minutes: 60
      counted: exactly
      layover after hours: 12
      rates: rates.csv
    - charge: wait
      shape: detention
      clock starts: arrival
      free minutes: 60
      increment minutes: 60
      counted: exactly
      layover after hours: 12
      rates: rates.csv
    - charge: layover
      shape: layover
      clock starts: arrival
      after hours: 12
      counted: each night
      rates: rates.csv
    - charge: per_diem
      shape: equipment time
      clock starts: gate out
      clock ends: gate in
      days: local days
      first day: same day
      time zone: America/Chicago
      free days: 0
      free days counted: calendar days
      days charged: calendar days
      rates: days.csv
    - charge: parcel
      shape: parcel
      priced by: package
      cells: each whole pound
      zones: zones.csv
      dimensional: dimensional.csv
      rates: cells.csv
    - charge: by_zone
      shape: parcel
      priced by: package
      cells: each whole pound
      zones: zones.csv
      dimensional: one.csv
      rates: cells.csv
    - charge: by_cell
      shape: parcel
      priced by: package
      cells: each whole pound
      zones: zone.csv
      dimensional: one.csv
      rates: cells.csv
    - {charge: by_lane, shape: flat, rates: lanes.csv}
    - {charge: area, shape: parcel surcharge, kind: delivery area, per: package, areas: areas.csv,
       rates: area.csv}
    - {charge: home, shape: parcel surcharge, kind: residential, per: package, rates: home.csv}
tables:
  amounts.csv: "row,amount,{d}\\n1,10.00,{s}\\n2,11.00,{s}\\n"
  rates.csv: "row,rate,{d}\\n1,10.00,{s}\\n2,11.00,{s}\\n"
  markups.csv: "row,fee,{d}\\n1,10.00,{s}\\n2,11.00,{s}\\n"
  breaks.csv: "row,any,{d}\\n1,10.00,{s}\\n2,11.00,{s}\\n"
  steps.csv: "row,at least,below,rate,{d}\\n1,0,900,10.00,{s}\\n2,50,,11.00,{s}\\n"
  fuel.csv: "row,at least,below,per mile,{d}\\n1,2.9,3.1,0.10,{s}\\n2,3.0,3.2,0.11,{s}\\n"
  free.csv: "row,at least,below,free minutes,{d}\\n1,0,900,60,{s}\\n2,50,,90,{s}\\n"
  days.csv: "row,at least,below,rate,{d}\\n1,1,9,10.00,{s}\\n2,2,,11.00,{s}\\n"
  zones.csv: "row,origin from,destination from,destination to,zone,{d}\\n\
1,532,300,303,5,{s}\\n2,532,303,305,5,{s}\\n"
  dimensional.csv: "row,each side,divisor,weight step,{d}\\n1,up,139,1,{s}\\n2,up,166,1,{s}\\n"
  one.csv: "row,each side,divisor,weight step,{d}\\n1,up,139,1,{s}\\n"
  zone.csv: "row,origin from,destination from,zone,{d}\\n1,532,303,5,{s}\\n"
  lanes.csv: "row,origin,destination,amount,{d}\\n1,WI,*,10.00,{s}\\n2,*,GA,11.00,{s}\\n"
  cells.csv: "row,service,zone,up to,rate,{d}\\n1,*,5,1,10.00,{s}\\n2,*,5,1,11.00,{s}\\n"
  areas.csv: "row,from zip,to zip,area,{d}\\n1,300,303,far,{s}\\n2,303,305,far,{s}\\n"
  area.csv: "row,area,rate,{d}\\n1,far,10.00,{s}\\n"
  home.csv: "row,rate,{d}\\n1,10.00,{s}\\n2,11.00,{s}\\n"
index: {2026-03-02: 3.050}
stops:
  - {stop: 2, of: S1, in: 2026-03-05 08:00, out: 2026-03-06 21:00, weight: 100 lb}
shipments:
  S1:
    lane: West Allis WI 53214 to Atlanta GA 30301
    weight: 100 lb
    distance: 100 mi PC*MILER
    service: GROUND
    costs: [invoiced ABFL 1 100.00 USD]
    claims: [{id: A1, charge: lumper}]
    packages: [{package: P1, size: 5 x 5 x 5, weight: 1 lb, residential: "yes"}]
    milestones:
      - {status: gate_out, at: 2026-03-05 08:00, equipment: C1}
      - {status: gate_in, at: 2026-03-06 08:00, equipment: C1}
""".replace("{d}", "effective from,known from").replace("{s}", "2026-01-01,2025-12-01")


def test_two_rows_that_tie_are_no_price_whatever_the_shape_of_the_charge() -> None:
    case = yaml.load(TIES, yaml.CBaseLoader)
    card = drafted(case)
    assert card is not None
    units, market, known_on = told_in(case)
    rated = price(units["S1"], (), market, card, known_on)
    assert rated.charges == ()
    ambiguous = {each.charge for each in rated.unpriced if each.problem == "ambiguous_rate"}
    assert ambiguous == {term.charge for term in card.charges}
    as_kept(plain(rated))
