"""The household-goods tariff 400NG as its yearly tables are published, made a rate card.

Amounts stand in cents, for unpacking in thousandths of a cent; an upper bound of 2147483647 is
no bound; upper bounds and last days are exclusive. Linehaul goes by weight and miles, short haul
by hundredweight-miles and only below 800 miles, factors and service charges by hundredweight and
service area (`origin_code` and `destination_code` of a shipment). Services are owed when they
are claimed.

Left out, because a card has no place for them: items by service schedule and weight together
(125A, 125C, 210A, 210D, 225A, 225B), storage in transit by the day (185A, 185B), items without
a published rate, and the discounts that each carrier files.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from app.authoring.importers.published import Files, Read, records, table

YEAR = "2020"
NO_BOUND = "2147483647"
DATES = ("effective_date_lower", "effective_date_upper")
WEIGHTS = ("weight_lbs_lower", "weight_lbs_upper")
OUR_DATES = ("effective from", "effective before", "known from")
SHORTHAUL_BELOW = 800
"""Miles from which on there is no short haul charge."""

RATE_BY_UNIT = {"EA": "per claimed unit", "TH": "per claimed unit", "CF": "per claimed unit"}
RATE_BY_UNIT |= {"BW": "per cwt", "FR": "flat"}
CLAIMED_UNITS = {"TH": "hour", "CF": "cubic foot"}
ENDS = {"ORIGIN": ("origin",), "DESTINATION": ("destination",), "EITHER": ("origin", "destination")}

Record = dict[str, str]


def card_of_400ng(read: Read, mileage: str) -> Files:
    """card.yaml and its tables.

    Args:
        read: the text of a published file such as `tariff400ng_items.csv`.
        mileage: the source whose miles count; the tables do not name it.

    Raises:
        FileError: where a file is not as published.
    """
    return _Tariff(read, mileage).files()


class _Tariff:
    """The published tables, and the card as far as it is written."""

    def __init__(self, read: Read, mileage: str) -> None:
        self.read = read
        self.mileage = mileage
        self.charges: list[str] = []
        self.tables: dict[str, str] = {}
        self.areas = self._published(
            "service_areas", "service_area", "services_schedule", "linehaul_factor", *DATES
        )

    def files(self) -> Files:
        """Every charge in the order of the invoice."""
        self._linehaul()
        self._shorthaul()
        self._by_area()
        self._packing()
        self._items()
        first = min(row[DATES[0]] for row in self.areas)
        head = HEAD.format(year=YEAR, first=first)
        return {"card.yaml": head + "".join(self.charges), **self.tables}

    def _published(self, name: str, *columns: str) -> list[Record]:
        return records(self.read, f"tariff400ng_{name}_{YEAR}.csv", columns)

    def _linehaul(self) -> None:
        miles = ("distance_miles_lower", "distance_miles_upper")
        published = self._published("linehaul_rates", *WEIGHTS, *miles, "rate_cents", "type")
        rows = [
            (row["type"], *_bounds(row, miles), *_bounds(row, WEIGHTS), _cents(row), *_dates(row))
            for row in published
        ]
        columns = ("Move", "distance from", "distance to", "weight from", "weight to", "rate")
        bands = WEIGHT + DISTANCE.format(mileage=self.mileage)
        self._charge("linehaul", "Linehaul", "flat", columns, rows, "{Move: service}", bands)

    def _shorthaul(self) -> None:
        of = ("cwt_miles_lower", "cwt_miles_upper")
        published = self._published("shorthaul_rates", *of, "rate_cents")
        rows: list[tuple[object, ...]] = [
            (*_bounds(row, of), 0, SHORTHAUL_BELOW, _cents(row), *_dates(row)) for row in published
        ]
        dates = sorted({_dates(row) for row in published})
        rows.extend(("", "", SHORTHAUL_BELOW, "", Decimal("0.00"), *each) for each in dates)
        columns = ("cwt miles from", "cwt miles to", "distance from", "distance to", "rate")
        bands = (CWT_MILES + DISTANCE).format(mileage=self.mileage)
        self._charge("shorthaul", "Short haul", "flat", columns, rows, "", bands)

    def _by_area(self) -> None:
        for end in ("origin", "destination"):
            for code, title, column in (
                ("linehaul_factor", "linehaul factor", "linehaul_factor"),
                ("service_charge", "service charge", "service_charge_cents"),
            ):
                rows = [
                    (row["service_area"], Decimal(row[column]) / 100, *_dates(row))
                    for row in self.areas
                ]
                at = (f"{end}_{code}", f"{end.capitalize()} {title}", "per cwt")
                self._area_charge(*at, rows, end)

    def _packing(self) -> None:
        published = self._published("full_pack_rates", "schedule", *WEIGHTS, "rate_cents")
        rows = [
            (area, *_bounds(row, WEIGHTS), _cents(row), *_dates(row))
            for row in published
            for area in self._areas_of(row["schedule"])
        ]
        columns = ("Service area", "weight from", "weight to", "rate")
        keys = "{Service area: origin_code}"
        at = ("item_105A", "Full pack", "per cwt")
        self._charge(*at, columns, rows, keys, WEIGHT, claimed="each")
        published = self._published("full_unpack_rates", "schedule", "rate_millicents")
        unpacked = [
            (area, Decimal(row["rate_millicents"]) / 100000, *_dates(row))
            for row in published
            for area in self._areas_of(row["schedule"])
        ]
        at = ("item_105C", "Full unpack", "per cwt")
        self._area_charge(*at, unpacked, "destination", claimed="each")

    def _items(self) -> None:
        items = records(self.read, "tariff400ng_items.csv", ("code", "item", "measurement_unit_1"))
        rates: dict[str, list[Record]] = defaultdict(list)
        for row in self._published("item_rates", "code", "schedule", *WEIGHTS, "rate_cents"):
            rates[row["code"]].append(row)
        for item in items:
            mine = rates.get(item["code"], [])
            whole = all(_bounds(row, WEIGHTS) == ("0", "") for row in mine)
            if mine and whole and item["measurement_unit_1"] in RATE_BY_UNIT:
                self._item(item, mine)

    def _item(self, item: Record, rates: list[Record]) -> None:
        code, title = f"item_{item['code']}", item["item"]
        rate_is = RATE_BY_UNIT[item["measurement_unit_1"]]
        claimed = CLAIMED_UNITS.get(item["measurement_unit_1"], "each")
        if not any(row["schedule"] for row in rates):
            rows = [(_cents(row), *_dates(row)) for row in rates]
            self._charge(code, title, rate_is, ("rate",), rows, "", "", claimed=claimed)
            return
        ends = ENDS.get(item["allowed_location"], ())
        for end in ends:
            by_area = [
                (area, _cents(row), *_dates(row))
                for row in rates
                for area in self._areas_of(row["schedule"])
            ]
            name = code if len(ends) == 1 else f"{code}_{end}"
            self._area_charge(name, title, rate_is, by_area, end, claimed=claimed)

    def _areas_of(self, schedule: str) -> Iterator[str]:
        return (row["service_area"] for row in self.areas if row["services_schedule"] == schedule)

    def _area_charge(
        self,
        code: str,
        title: str,
        rate_is: str,
        rows: Sequence[tuple[object, ...]],
        end: str,
        *,
        claimed: str = "",
    ) -> None:
        keys = f"{{Service area: {end}_code}}"
        columns = ("Service area", "rate")
        self._charge(code, title, rate_is, columns, rows, keys, "", claimed=claimed)

    def _charge(
        self,
        code: str,
        title: str,
        rate_is: str,
        columns: tuple[str, ...],
        rows: Sequence[tuple[object, ...]],
        keys: str,
        bands: str,
        *,
        claimed: str = "",
    ) -> None:
        """One charge and its table; the number of a row is its place in the table.

        `claimed` is the unit in which it is claimed, empty where it is owed anyhow.
        """
        file = f"tables/{code.replace('_', '-')}.csv"
        lines = [f"  - charge: {code}", "    shape: banded", f'    description: "{title}"']
        lines += [f"    keys: {keys}"] if keys else []
        lines += ["    bands:", bands.rstrip("\n")] if bands else []
        lines += [f"    rate is: {rate_is}"]
        lines += ["    claimed: yes"] if claimed else []
        lines += [f"    claimed unit: {claimed}"] if claimed in CLAIMED_UNITS.values() else []
        lines += [f"    rates: {file}", ""]
        self.charges.append("\n".join(lines))
        numbered = ((at, *row) for at, row in enumerate(rows, start=1))
        self.tables[file] = table(("row", *columns, *OUR_DATES), numbered)


def _bounds(row: Record, columns: tuple[str, str]) -> tuple[str, str]:
    low, high = (row[column] for column in columns)
    return low, "" if high == NO_BOUND else high


def _dates(row: Record) -> tuple[str, str, str]:
    """The tariff does not tell when it was published: known from the day it counts."""
    first, before = (row[column] for column in DATES)
    return first, before, first


def _cents(row: Record) -> Decimal:
    return Decimal(row["rate_cents"]).scaleb(-2)


HEAD = """\
name: Tariff 400NG {year}
customer: DOD
currency: USD
agreed in: Tariff 400NG {year}
effective: {first} onwards
rate date: pickup
charges:
"""
WEIGHT = """\
      weight:
        of: weight
        unit: lb
        decimals: 0
        interval: from inclusive, to exclusive
"""
DISTANCE = """\
      distance:
        of: distance
        unit: mi
        decimals: 0
        interval: from inclusive, to exclusive
        mileage: {mileage}
"""
CWT_MILES = """\
      cwt miles:
        of: cwt miles
        unit: each
        decimals: 0
        interval: from inclusive, to exclusive
        mileage: {mileage}
"""
