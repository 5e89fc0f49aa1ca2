"""What somebody wants a price for, read from a case as billers write it, or from a command line.

    shipments:
      S1: {weight: 1800 lb, freight class: 70, lane: Chicago IL 60601 to Atlanta GA 30301}
    index: {2026-03-02: 2.913}

A shipment may say anything that a shipment's fact may say, by the same name with blanks; what
is told otherwise than by shipments, stops, claims, shipped lines and work stands under `facts`
as the message of its system would have it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import yaml
from msgspec import inspect

from app.authoring.files.card_files import card_from
from app.authoring.files.located_yaml import Mapping as MapNode
from app.authoring.files.located_yaml import Node, Scalar, Sequence, nearest
from app.authoring.files.struct_fields import MISSING, key_of, read_scalar
from app.authoring.files.typed_fields import Fields, Notes, decimal_in
from app.authoring.workshop.quotes import PLANNER, Request, Told
from app.errors import FileError, Mistake
from app.evidence.facts.fact import Said
from app.evidence.facts.freight import Load, Milestone, MilestoneStatus, Shipment, Stop
from app.evidence.facts.market import ExchangeRate, IndexValue
from app.evidence.facts.money import Accessorial
from app.evidence.facts.order import Order
from app.evidence.facts.papers import Document, DocumentStatus
from app.evidence.facts.party import Place
from app.evidence.facts.warehouse import Disposition, ShippedLine, WarehouseShipment, WorkOrder
from app.measures import Distance, DistanceUnit, Weight, WeightUnit, refuse_nonsense
from app.pricing.rating.card import RateCard
from app.pricing.shapes.fuel import Fuel, publication_for

NOT_ASKED = ("case", "expect", "on", "known on", "card", "tables", "customer")
"""What a case says beside the shipments; others read it."""

MIDDAY = 12
"""An event of a day without an hour happens at noon, UTC."""

SOMETIME = datetime(1970, 1, 1, tzinfo=UTC)
"""When something is said whose moment prices nothing."""

MARKET = (IndexValue, ExchangeRate)


def request_in(node: Node, card: RateCard, on: date | None, notes: Notes) -> Request:
    """The shipments and the market of a case; every mistake is noted at its place.

    Args:
        node: the case.
        card: by which it will be priced; its indexes are meant where none is named.
        on: the day whose prices count, where the case does not tell the event that decides it.
        notes: takes the mistakes.
    """
    reader = _Reader(card, on, notes)
    fields = Fields(_plainly(node), notes, "case")
    fields.asked.update(NOT_ASKED)
    listed = _entries(fields.node("shipments"))
    if not listed:
        notes.add(fields.place, "the case has no `shipments`", "shipments: {S1: {weight: 1800 lb}}")
    numbers = tuple(key.text for key, _ in listed)
    stops, load = _maps(fields.node("stops")), fields.node("load")
    more = tuple(reader.facts(fields.node("facts"), numbers))
    shipments = {
        key.text: (
            *reader.shipment(key.text, node),
            *(reader.load(load) if load is not None else ()),
            *(told for stop in stops for told in reader.stop(key.text, stop)),
            *(told for whose, told in more if key.text in whose),
        )
        for key, node in listed
    }
    market = (
        *reader.index(fields.node("index")),
        *reader.exchange(fields.node("exchange rates")),
        *(told for _, told in more if isinstance(told.said, MARKET)),
    )
    fields.finish()
    return Request(shipments=shipments, market=market)


class _Reader:
    """Turns what is asked into what systems would say; notes what it cannot understand."""

    def __init__(self, card: RateCard, on: date | None, notes: Notes) -> None:
        self.card = card
        self.on = on
        self.notes = notes
        self.noon = datetime(on.year, on.month, on.day, MIDDAY, tzinfo=UTC) if on else None

    def shipment(self, number: str, node: Node) -> Iterator[Told]:
        """The shipment, its journey, what left the warehouse, and what is claimed for it."""
        fields = Fields(_plainly(node), self.notes, "shipment")
        where = str(node.place)
        picked_up = self._picked_up(fields)
        delivered = self._moment(fields, "delivered")
        if delivered is None and self.card.rate_date == "delivery":
            delivered = self.noon
        at = picked_up or delivered or SOMETIME
        values = self._attributes(fields)
        said = self._shipment(number, values, node)
        yield Told(said=said, at=at, where=where, system=PLANNER)
        for status, moment in (
            (MilestoneStatus.PICKED_UP, picked_up),
            (MilestoneStatus.DELIVERED, delivered),
        ):
            if moment is not None:
                yield Told(said=Milestone(status=status), at=moment, where=where)
        if self.card.rate_date == "order" and self.noon is not None:
            yield Told(said=Order(order=number), at=self.noon, where=where)
        yield from self._confirmed(number, fields, values, delivered or at)
        yield from self._claims(fields.node("claims"), at)
        yield from self._work(fields.node("work"), at)
        yield from self._milestones(fields.node("milestones"), at)
        yield from self._documents(fields.node("documents"), at)
        fields.finish()

    def _picked_up(self, fields: Fields) -> datetime | None:
        """When it was picked up; not at all where the case says `no`."""
        said = self._given(fields, "picked up")
        if said is not None and said.text == "no":
            return None
        return moment_in(said, self.notes) if said else self.noon

    def _shipment(self, number: str, values: dict[str, Any], node: Node) -> Shipment:
        values.setdefault("customer", self.card.customer)
        try:
            return Shipment(shipment=number, **values)
        except ValueError as error:
            self.notes.add(node.place, str(error))
            return Shipment(shipment=number)

    def _attributes(self, fields: Fields) -> dict[str, Any]:
        """All that a shipment's fact may say, and the lane in one line or two."""
        names = tuple(name for name in Shipment.__struct_fields__ if name != "shipment")
        found = self._declared(Shipment, fields, names, {})
        if lane := self._given(fields, "lane"):
            origin, to, destination = lane.text.partition(" to ")
            if not to:
                self.notes.add(
                    lane.place, f"{lane.text!r} is not a lane", "Chicago IL to Atlanta GA"
                )
            found["origin"] = place_in(Scalar(origin, lane.place), self.notes)
            found["destination"] = place_in(Scalar(destination, lane.place), self.notes)
        for key, name in (("from", "origin"), ("to", "destination")):
            if end := self._given(fields, key):
                found[name] = place_in(end, self.notes)
        return found

    def _declared(
        self,
        kind: type[msgspec.Struct],
        fields: Fields,
        names: Iterable[str],
        said: Mapping[str, str],
    ) -> dict[str, Any]:
        """Fields of a fact by their names with blanks, or as `said` calls them in a case."""
        found: dict[str, Any] = {}
        declared = inspect.type_info(kind)
        assert isinstance(declared, inspect.StructType), "a fact says a struct"
        types = {field.name: field.type for field in declared.fields}
        for name in names:
            key = said.get(key_of(name), key_of(name))
            if scalar := self._given(fields, key):
                value = _value(types[name], scalar, self.notes, key)
                if value is not MISSING:
                    found[name] = value
        return found

    def _given(self, fields: Fields, key: str) -> Scalar | None:
        return fields.scalar(key, needed=False)

    def _confirmed(
        self, number: str, fields: Fields, values: Mapping[str, Any], at: datetime
    ) -> Iterator[Told]:
        """A ship confirmation, where lines or cartons are told or prices count by its day."""
        lines, cartons = fields.node("shipped"), self._given(fields, "cartons")
        if lines is None and cartons is None and self.card.rate_date != "ship confirm":
            return
        if self.on is None and self.card.rate_date == "ship confirm":
            return
        said = WarehouseShipment(
            warehouse_shipment=number,
            status="shipped",
            shipped_on=self.on,
            cartons=count_in(cartons, self.notes) if cartons else None,
            pallets=values.get("pallets"),
            weight=values.get("weight"),
            lines=tuple(self._line(at, each) for at, each in enumerate(_maps(lines), start=1)),
        )
        yield Told(said=said, at=at, where=str(fields.place))

    def _line(self, number: int, node: Node) -> ShippedLine:
        fields = Fields(_plainly(node), self.notes, "shipped line")
        line = ShippedLine(
            line=str(number),
            item=fields.text("item", f"item {number}"),
            shipped=self._quantity(fields),
            unit=fields.text("unit"),
            disposition=Disposition.COMPLETE,
        )
        fields.finish()
        return line

    def _quantity(self, fields: Fields) -> Decimal:
        scalar = fields.scalar("quantity")
        return count_in(scalar, self.notes) if scalar else Decimal(0)

    def _claims(self, node: Node | None, at: datetime) -> Iterator[Told]:
        for number, each in enumerate(_maps(node), start=1):
            fields = Fields(_plainly(each), self.notes, "claim")
            charge = fields.text("charge")
            quantity = self._given(fields, "quantity")
            said = Accessorial(
                accessorial=fields.text("id", f"{charge}-{number}"),
                charge=charge,
                stop=fields.text("stop", "") or None,
                quantity=count_in(quantity, self.notes) if quantity else None,
                unit=fields.text("unit", "") or None,
            )
            fields.finish()
            yield Told(said=said, at=at, where=str(each.place))

    def _work(self, node: Node | None, at: datetime) -> Iterator[Told]:
        for number, each in enumerate(_maps(node), start=1):
            fields = Fields(_plainly(each), self.notes, "work")
            said = WorkOrder(
                work_order=fields.text("id", f"work-{number}"),
                task=fields.text("task"),
                quantity=self._quantity(fields),
                unit=fields.text("unit", "each"),
            )
            fields.finish()
            yield Told(said=said, at=at, where=str(each.place))

    def _milestones(self, node: Node | None, at: datetime) -> Iterator[Told]:
        """Whatever else a carrier reported: `{status: refused, at: 2026-03-04 09:00}`."""
        for each in _maps(node):
            fields = Fields(_plainly(each), self.notes, "milestone")
            moment = self._moment(fields, "at") or at
            values = self._declared(
                Milestone,
                fields,
                [name for name in Milestone.__struct_fields__ if name not in {"shipment", "load"}],
                {"raw reason": "reason"},
            )
            if zone := fields.text("zone", ""):
                values["place"] = Place(zone=zone)
            fields.finish()
            if "status" not in values:
                self.notes.add(each.place, "the milestone has no `status`")
                continue
            yield Told(said=Milestone(**values), at=moment, where=str(each.place))

    def _documents(self, node: Node | None, at: datetime) -> Iterator[Told]:
        """Papers: `{id: POD-1, type: POD, signed: 2026-03-04 09:00}`."""
        for each in _maps(node):
            fields = Fields(_plainly(each), self.notes, "document")
            said = {"document": "id", "document type": "type", "signed at": "signed"}
            names = [name for name in Document.__struct_fields__ if name != "signed"]
            values = self._declared(Document, fields, names, said)
            fields.finish()
            values.setdefault("status", DocumentStatus.ACCEPTED)
            if not {"document", "document_type"} <= values.keys():
                self.notes.add(each.place, "a document has an `id` and a `type`")
                continue
            yield Told(said=Document(**values), at=at, where=str(each.place))

    def exchange(self, node: Node | None) -> Iterator[Told]:
        """Published rates: `{pair: CAD to USD, type: noon, on: 2026-03-04, rate: 0.73}`."""
        for each in _maps(node):
            fields = Fields(_plainly(each), self.notes, "exchange rate")
            base, to, quote = fields.text("pair").partition(" to ")
            day = self._moment(fields, "on") or self.noon or SOMETIME
            rate = fields.scalar("rate")
            revision = fields.whole("revision", 0)
            said = ExchangeRate(
                base=base.strip(),
                quote=quote.strip(),
                rate_type=fields.text("type"),
                on=day.date(),
                rate=count_in(rate, self.notes) if rate else Decimal(0),
            )
            if not to:
                self.notes.add(fields.place, "the exchange rate names no pair", "CAD to USD")
            fields.finish()
            yield Told(said=said, at=day, where=str(each.place), revision=revision)

    def load(self, node: Node) -> Iterator[Told]:
        """The load on which the shipments ride."""
        fields = Fields(_plainly(node), self.notes, "load")
        distance = self._given(fields, "distance")
        said = Load(
            load=fields.text("number"),
            shipments=tuple(each.text for each in fields.words("shipments")),
            distance=distance_in(distance, self.notes) if distance else None,
        )
        fields.finish()
        yield Told(said=said, at=self.noon or SOMETIME, where=str(node.place))

    def stop(self, number: str, node: Node) -> Iterator[Told]:
        """A stop, where the shipment is handled there: those listed, or the one it is of."""
        fields = Fields(_plainly(node), self.notes, "stop")
        handled = tuple(each.text for each in fields.words("shipments"))
        of = tuple(each.text for each in fields.words("of"))
        load = fields.text("load", "") or None
        early = self._moment(fields, "appointment")
        values = self._declared(
            Stop, fields, ("place", "stop_type", "weight"), {"stop type": "type"}
        )
        said = Stop(
            stop=fields.text("stop"),
            load=load,
            shipment=None if load else number,
            shipments=handled,
            appointment_early=early,
            appointment_late=self._moment(fields, "appointment until") or early,
            arrived_at=self._moment(fields, "in"),
            departed_at=self._moment(fields, "out"),
            notified_at=self._moment(fields, "notified"),
            **values,
        )
        fields.finish()
        if number in (handled or of):
            at = said.arrived_at or early or self.noon or SOMETIME
            yield Told(said=said, at=at, where=str(node.place))

    def index(self, node: Node | None) -> Iterator[Told]:
        """Published values: `2026-03-02: 2.913`, or `EIA on-highway diesel US: 2.913`."""
        entries = _entries(node)
        if node is not None and not entries:
            self.notes.add(node.place, "index values are written as `2026-03-02: 2.913` lines")
        for key, value in entries:
            if not isinstance(value, Scalar):
                self.notes.add(value.place, f"`{key.text}` needs one value")
                continue
            day, name = _day_and_name(key.text)
            for term in self._indexed(key, name):
                published = day or self._published(term, key)
                said = IndexValue(
                    series=term.series,
                    region=term.region,
                    published_on=published,
                    price=count_in(value, self.notes),
                )
                at = datetime(published.year, published.month, published.day, MIDDAY, tzinfo=UTC)
                yield Told(said=said, at=at, where=str(value.place))

    def _indexed(self, key: Scalar, name: str) -> tuple[Any, ...]:
        """The charges whose index it is, one for each index."""
        charges: tuple[Any, ...] = self.card.charges
        terms = {
            f"{term.series} {term.region}": term
            for term in charges
            if getattr(term, "series", "") and hasattr(term, "region")
        }
        if not name and len(terms) <= 1:
            return tuple(terms.values())
        if name not in terms:
            close = nearest(name, terms)
            self.notes.add(
                key.place,
                f"{key.text!r} names no index of {self.card.name}",
                ", ".join(terms) or "none: no charge of this card follows an index",
                f"did you mean {close!r}?" if close else "",
            )
            return ()
        return (terms[name],)

    def _published(self, term: Any, key: Scalar) -> date:
        """The day on which the value that counts was published, as the charge says."""
        if self.on is None:
            self.notes.add(key.place, f"{key.text!r} gives no day", f"{key.text} 2026-03-02")
            return date(1970, 1, 1)
        return publication_for(term, self.on) if isinstance(term, Fuel) else self.on

    def facts(
        self, node: Node | None, numbers: Iterable[str]
    ) -> Iterator[tuple[tuple[str, ...], Told]]:
        """Whatever else is known, as its system would say it, and of which shipments."""
        for each in _maps(node):
            told = plain_of(each)
            told = {key.replace(" ", "_"): value for key, value in told.items()}
            of, at = told.pop("of", None), told.pop("at", None)
            whose = tuple(numbers) if of is None else (of,) if isinstance(of, str) else tuple(of)
            moment = moment_in(Scalar(at, each.place), self.notes) if at else self.noon
            try:
                said: Said = msgspec.convert(told, Said, strict=False)
            except (msgspec.ValidationError, ValueError) as error:
                self.notes.add(each.place, f"this is no fact: {error}")
                continue
            yield (
                whose,
                Told(
                    said=said,
                    at=moment or SOMETIME,
                    where=str(each.place),
                ),
            )

    def _moment(self, fields: Fields, key: str) -> datetime | None:
        scalar = self._given(fields, key)
        return moment_in(scalar, self.notes) if scalar else None


def moment_in(scalar: Scalar, notes: Notes) -> datetime | None:
    """`2026-03-05 09:00`, in UTC where it names no other offset."""
    try:
        moment = datetime.fromisoformat(scalar.text.strip())
    except ValueError:
        allowed = "2026-03-05 09:00, with an offset where it is not UTC: 2026-03-05 09:00-06:00"
        notes.add(scalar.place, f"{scalar.text!r} is not a moment", allowed)
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def count_in(scalar: Scalar, notes: Notes) -> Decimal:
    """A number of zero or more."""
    value = decimal_in(scalar, notes)
    if value < 0:
        notes.add(scalar.place, f"{scalar.text!r} is below zero", "0 or more")
        return Decimal(0)
    return value


def weight_in(scalar: Scalar, notes: Notes) -> Weight | None:
    """`1,800 lb` or `816.5 kg`."""
    number, _, unit = scalar.text.strip().partition(" ")
    if unit.strip() not in set(WeightUnit):
        notes.add(scalar.place, f"{scalar.text!r} is not a weight", "1800 lb, 816.5 kg")
        return None
    value = _measure(scalar, number, notes)
    return None if value is None else Weight(value, WeightUnit(unit.strip()))


def distance_in(scalar: Scalar, notes: Notes) -> Distance | None:
    """`786 mi PC*MILER`: how far, and who measured it, because contracts name the source."""
    words = scalar.text.split(maxsplit=2)
    if len(words) < 2 or words[1] not in set(DistanceUnit):
        allowed = "786 mi PC*MILER, 1265 km PC*MILER"
        notes.add(scalar.place, f"{scalar.text!r} is not a distance", allowed)
        return None
    value = _measure(scalar, words[0], notes)
    measured_by = words[2] if len(words) > 2 else ""
    return None if value is None else Distance(value, DistanceUnit(words[1]), measured_by)


def _measure(scalar: Scalar, number: str, notes: Notes) -> Decimal | None:
    """The number of a measure, or None where no measure can have it."""
    before = len(notes.mistakes)
    value = decimal_in(Scalar(number, scalar.place), notes)
    try:
        refuse_nonsense("it", value)
    except ValueError as error:
        notes.add(scalar.place, str(error))
    return value if len(notes.mistakes) == before else None


def place_in(scalar: Scalar, notes: Notes) -> Place | None:
    """`Chicago IL 60601`, `Toronto ON M5V 2T6`, `60601`, `IL`; another country by `, MX`."""
    text, _, country = scalar.text.strip().partition(", ")
    words = text.split()
    code: list[str] = []
    while words and any(sign.isdigit() for sign in words[-1]):
        code.insert(0, words.pop())
    region = words.pop() if words else ""
    known = not region or (len(region) == 2 and region.isalpha())
    if not (region or code) or not known or not (country.isalpha() or not country):
        allowed = "Chicago IL 60601; Chicago IL; IL; 60601; Toronto ON, CA"
        notes.add(scalar.place, f"{scalar.text!r} names no place", allowed)
        return None
    postal = " ".join(code)
    home = "CA" if postal[:1].isalpha() else "US"
    return Place(
        city=" ".join(words).rstrip(","),
        region=region.upper(),
        postal_code=postal,
        country=country.strip().upper() or home,
    )


def _value(kind: inspect.Type, scalar: Scalar, notes: Notes, thing: str) -> Any:
    """One text as the declared type of a fact's field; MISSING where a mistake was noted."""
    if isinstance(kind, inspect.UnionType):
        kind = next(each for each in kind.types if not isinstance(each, inspect.NoneType))
    readers = {Weight: weight_in, Distance: distance_in, Place: place_in}
    if isinstance(kind, inspect.StructType) and kind.cls in readers:
        found = readers[kind.cls](scalar, notes)
        return MISSING if found is None else found
    if isinstance(kind, inspect.DateTimeType):
        return moment_in(scalar, notes) or MISSING
    if isinstance(kind, inspect.StructType | inspect.VarTupleType | inspect.DictType):
        converted = _converted(kind, scalar)
        if converted is MISSING:
            notes.add(scalar.place, f"{scalar.text!r} cannot be told as `{thing}`; use `facts`")
        return converted
    return read_scalar(kind, scalar, notes, thing)


def _converted(kind: inspect.Type, scalar: Scalar) -> Any:
    """A party by its name; anything deeper is told as a fact."""
    if isinstance(kind, inspect.StructType) and "name" in kind.cls.__struct_fields__:
        return kind.cls(name=scalar.text.strip())
    return MISSING


def _plainly(node: Node) -> Node:
    """The map with keys as people say them: blanks for underscores, `class` in full."""
    if not isinstance(node, MapNode):
        return node
    said = {"class": "freight class", "miles": "distance"}
    entries = []
    for key, value in node.entries:
        text = key.text.replace("_", " ")
        entries.append((Scalar(said.get(text, text), key.place), value))
    return MapNode(tuple(entries), node.place)


def _entries(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, MapNode) else ()


def _maps(node: Node | None) -> tuple[Node, ...]:
    """The items of a list; nothing where it is not there."""
    return node.items if isinstance(node, Sequence) else () if node is None else (node,)


def plain_of(node: Node) -> Any:
    """Texts, lists and maps without their places."""
    match node:
        case Scalar(text):
            return text
        case Sequence(items):
            return [plain_of(item) for item in items]
        case MapNode(entries):
            return {key.text: plain_of(value) for key, value in entries}


def _day_and_name(text: str) -> tuple[date | None, str]:
    """The day at the end of the key, if one stands there, and what stands before it."""
    name, _, last = text.strip().rpartition(" ")
    try:
        return date.fromisoformat(last), name.strip()
    except ValueError:
        return None, text.strip()


def text_in(node: Node, key: str) -> str:
    """A text of the case; empty where it does not say."""
    value = node.get(key) if isinstance(node, MapNode) else None
    return value.text.strip() if isinstance(value, Scalar) else ""


def card_of_case(node: Node, beside: Path) -> RateCard | None:
    """The card that the case gives: in full with its tables, or the name of a folder.

    Raises:
        FileError: with every mistake of the card.
    """
    given = node.get("card") if isinstance(node, MapNode) else None
    if not isinstance(node, MapNode) or given is None:
        return None
    tables: dict[str, str] = plain_of(node.get("tables") or MapNode((), node.place))
    if isinstance(given, Scalar):
        names = (beside / given.text, beside / "cards" / given.text)
        folder = next((path for path in names if path.is_dir()), None)
        if folder is None:
            mistake = Mistake(place=given.place, what=f"there is no card {given.text!r}")
            raise FileError("it is not clear by which card to price", [mistake])
        return card_from(
            str(folder),
            lambda name: tables.get(name) or (folder / name).read_text(encoding="utf-8"),
        )
    files = {"card.yaml": yaml.safe_dump(plain_of(given), sort_keys=False), **tables}

    def read(name: str) -> str:
        if name not in files:
            raise FileNotFoundError(name)
        return str(files[name])

    return card_from(f"the card of {node.place}", read)
