"""Rate cards: `card.yaml` and its tables become a RateCard, or every mistake in them.

What a card means as a whole (brackets without a hole, no rows that tie) is proved by
`app.pricing.rating.proof`; here each flaw gets its place in the files.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import msgspec

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load, nearest
from app.authoring.files.rate_tables import Table, rows_in, table_in
from app.authoring.files.struct_fields import key_of, place_of, read_struct
from app.authoring.files.typed_fields import Notes, scalars_in
from app.errors import FileError, Mistake, Place
from app.pricing.agreed.flaw import Flaw
from app.pricing.agreed.rows import Row
from app.pricing.agreed.term import Term
from app.pricing.rating.card import RateCard
from app.pricing.rating.proof import flaws_of
from app.pricing.shapes import SHAPES

CARD_FILE = "card.yaml"

Read = Callable[[str], str]
"""The text of a file of the card, by its name inside the card's folder."""

TABLE_NAME = re.compile(r"[\w-][\w./-]*\.csv")

TAGS: dict[str, type[Term]] = {str(kind.__struct_config__.tag): kind for kind in SHAPES}


Proof = Callable[[RateCard], Iterable[Flaw]]
"""What is wrong with a card beside what stands in it: with an edition in force, for example."""


def load_card(folder: Path, also: Proof = lambda _: ()) -> RateCard:
    """The card in a folder such as `ratecards/NORTHWIND`.

    Args:
        folder: where card.yaml lies.
        also: finds more flaws in it, which are placed like all others.

    Raises:
        FileError: with every mistake in card.yaml and its tables, each at its place.
    """
    return card_from(str(folder), lambda name: (folder / name).read_text(encoding="utf-8"), also)


def card_from(folder: str, read: Read, also: Proof = lambda _: ()) -> RateCard:
    """The card whose files `read` gives; `folder` goes before their names in mistakes.

    Raises:
        FileError: with every mistake in card.yaml and its tables, each at its place.
    """
    return _CardReader(folder, read).card(also)


def draft_from(folder: str, read: Read) -> tuple[RateCard | None, tuple[Mistake, ...]]:
    """The card as far as it can be read, with its mistakes: to be audited, never to price by.

    Where tables contradict each other the card is there; None where it has no readable head.
    """
    reader = _CardReader(folder, read)
    try:
        return reader.card(), ()
    except FileError as error:
        return reader.whole, error.mistakes


class _CardReader:
    """Reads on after a mistake, so that all are shown together."""

    def __init__(self, folder: str, read: Read) -> None:
        self.folder = folder
        self.read = read
        self.notes = Notes()
        self.tables: dict[str, Table] = {}
        self.terms: dict[str, Mapping] = {}
        self.readable: tuple[Term, ...] = ()
        self.whole: RateCard | None = None
        self.broken = False

    def card(self, also: Proof = lambda _: ()) -> RateCard:
        file = f"{self.folder}/{CARD_FILE}"
        documents = load(self._text(CARD_FILE), file)
        if len(documents) != 1:
            mistake = Mistake(place=Place(file=file), what=f"{len(documents)} documents, not one")
            raise FileError(f"{file} is not a rate card", [mistake])
        special: dict[str, Callable[[Node], Any]] = {"charges": self._charges}
        card = read_struct(RateCard, documents[0], self.notes, "rate card", special)
        # A card with mistakes is proved as far as it could be read: one reading shows all.
        special = {"charges": lambda _: self.readable}
        whole = card or read_struct(RateCard, documents[0], Notes(), "rate card", special)
        self.whole = whole
        self._unread_rows()
        if whole is not None:
            self.notes.mistakes.extend(
                self._placed(flaw, documents[0])
                for flaw in (*flaws_of(whole), *(also(card) if card else ()))
                if not (self.broken and flaw.field in {"of", "not_with"})
            )
        if card is None or self.notes.mistakes:
            raise FileError(f"{self.folder} is not a rate card", self.notes.mistakes)
        return card

    def _text(self, name: str) -> str:
        place = Place(file=f"{self.folder}/{name}")
        try:
            return self.read(name)
        except OSError as error:
            mistake = Mistake(place=place, what="there is no such file")
            raise FileError(f"{place} cannot be read", [mistake]) from error
        except UnicodeDecodeError as error:
            mistake = Mistake(place=place, what="is not UTF-8 text")
            raise FileError(f"{place} cannot be read", [mistake]) from error

    def _charges(self, node: Node) -> tuple[Term, ...]:
        if not isinstance(node, Sequence):
            self.notes.add(node.place, "`charges` is a list, in the order of the invoice")
            return ()
        terms = [self._term(item) for item in node.items]
        self.readable = tuple(term for term in terms if term is not None)
        return self.readable

    def _term(self, node: Node) -> Term | None:
        shape = node.get("shape") if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or not isinstance(shape, Scalar):
            self.notes.add(node.place, "a charge has a `shape`", ", ".join(sorted(TAGS)))
            self.broken = True
            return None
        if shape.text not in TAGS:
            self.notes.wrong_word(shape, "shape of a charge", tuple(TAGS))
            self.broken = True
            return None
        kind = TAGS[shape.text]
        charge = node.get("charge")
        code = charge.text if isinstance(charge, Scalar) else ""
        self.terms[code] = node
        readers = {
            field: self._table_reader(row, code, node) for field, row in _tables_of(kind).items()
        }
        term = read_struct(kind, node, self.notes, f"charge {code or shape.text}", readers)
        self.broken = self.broken or term is None
        return term

    def _table_reader(self, row: type[Row], code: str, node: Mapping) -> Callable[[Node], Any]:
        names = {field: _names_in(node, named_by) for field, named_by in _named_by(row).items()}

        def rows(where: Node) -> tuple[Row, ...]:
            found: list[Row] = []
            for scalar in scalars_in(where, self.notes):
                if table := self._table(scalar):
                    before = len(self.notes.mistakes)
                    some = rows_in(table, row, code, scalar.text, self.notes, names)
                    found.extend(some)
                    if not some and len(self.notes.mistakes) == before:
                        self.notes.add(scalar.place, f"{scalar.text} has no row for {code}")
            return tuple(found)

        return rows

    def _table(self, scalar: Scalar) -> Table | None:
        name = scalar.text
        if name not in self.tables:
            if not TABLE_NAME.fullmatch(name) or ".." in name:
                what = f"{name!r} is not a table of this card"
                self.notes.add(scalar.place, what, "a file in this folder such as tables/x.csv")
                return None
            file = f"{self.folder}/{name}"
            try:
                text = self._text(name)
            except FileError:
                self.notes.add(scalar.place, f"there is no table {name!r}")
                return None
            self.tables[name] = table_in(text, file, self.notes)
        return self.tables[name]

    def _unread_rows(self) -> None:
        """Rows of a shared table that name a charge which is not on the card."""
        for table in self.tables.values():
            whose = table.position("charge")
            if whose is None:
                continue
            for line in table.lines:
                if line.cells[whose] not in self.terms:
                    cell = line.scalars[whose]
                    self.notes.wrong_word(cell, "charge of this card", tuple(self.terms))

    def _placed(self, flaw: Flaw, card: Node) -> Mistake:
        """The flaw at the place where a person mends it."""
        close = nearest(flaw.word, flaw.allowed) if flaw.word else ""
        return Mistake(
            place=self._place(flaw, card),
            what=flaw.what,
            allowed=", ".join(flaw.allowed),
            mend=f"did you mean {close!r}?" if close else flaw.mend,
        )

    def _place(self, flaw: Flaw, card: Node) -> Place:
        if flaw.row is not None:
            line = self.tables[flaw.row.table].line(flaw.row.line)
            cell = line.cell(key_of(flaw.field)) or line.cell(flaw.field.lower())
            return (cell or line.scalars[0]).place
        if flaw.charge not in self.terms or flaw.field == "lanes":
            return place_of(card, key_of(flaw.field))
        node = self.terms[flaw.charge]
        words = scalars_in(node.get(key_of(flaw.field)), Notes()) if flaw.word else ()
        named = next((scalar for scalar in words if scalar.text == flaw.word), None)
        return named.place if named else place_of(node, key_of(flaw.field))


def _named_by(row: type[Row]) -> dict[str, str]:
    """Of a row with a cell for each name: its field, and the key of the charge with the names."""
    named_by: dict[str, str] = getattr(row, "NAMED_BY", {})
    return {field: named_by.get(field, "breaks") for field in getattr(row, "COLUMNS", {})}


def _names_in(node: Mapping, key: str) -> tuple[str, ...]:
    names = node.get(key)
    return names.keys() if isinstance(names, Mapping) else ()


def _tables_of(kind: type[msgspec.Struct]) -> dict[str, type[Row]]:
    """Fields that are tables, and what their rows are."""
    found = {}
    for name, hint in get_type_hints(kind).items():
        of = get_args(hint)
        if of and isinstance(of[0], type) and issubclass(of[0], Row):
            found[name] = of[0]
    return found
