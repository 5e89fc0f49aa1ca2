"""The `x12` part of a destination: whom an invoice goes to, and the receiver's codes."""

from collections.abc import Mapping
from enum import StrEnum

from app.authoring.files.located_yaml import Mapping as Map
from app.authoring.files.located_yaml import Sequence
from app.authoring.files.typed_fields import Fields
from app.billing.destination import WrittenAs
from app.billing.written import x12_210, x12_810
from app.billing.written.x12 import Exchange, Party, cannot_stand, is_scac, plain_text
from app.evidence.facts.reference import ReferenceKind

Parts = tuple[Exchange | None, x12_810.Codes | None, x12_210.Codes | None]


def words_of(enum: type[StrEnum]) -> tuple[str, ...]:
    """The words of a list, as people write them."""
    return tuple(each.value for each in enum)


def x12_parts(fields: Fields, form: WrittenAs) -> Parts:
    """What is agreed with the receiver, and its codes for the form it takes."""
    node = fields.node("x12")
    if node is None:
        fields.notes.add(fields.place, f"{form} needs an `x12` part", "sender, receiver, codes")
        return None, None, None
    x12 = Fields(node, fields.notes, "x12 part")
    exchange = _exchange(x12, form)
    is_810 = form is WrittenAs.X12_810
    codes_810 = _codes_810(x12) if is_810 else None
    codes_210 = None if is_810 else _codes_210(x12)
    x12.finish()
    return exchange, codes_810, codes_210


def _exchange(x12: Fields, form: WrittenAs) -> Exchange:
    sender, receiver = _address(x12, "sender"), _address(x12, "receiver")
    scac = x12.text("scac", None if form is WrittenAs.X12_210 else "")
    node = x12.scalar("scac", needed=False)
    if node and not is_scac(scac):
        x12.notes.add(node.place, f"{scac!r} is no SCAC", "two to four capital letters")
    return Exchange(
        sender_qualifier=sender[0],
        sender=sender[1],
        receiver_qualifier=receiver[0],
        receiver=receiver[1],
        scac=scac,
        test=x12.yes_no("test"),
        qualifiers=_codes(x12, "references", 3, known=words_of(ReferenceKind)),
        parties=_parties(x12),
    )


def _address(x12: Fields, key: str) -> tuple[str, str]:
    """Qualifier and id of sender or receiver."""
    node = x12.node(key)
    if node is None:
        x12.notes.add(x12.place, f"the x12 part has no `{key}`", "{qualifier: ZZ, id: ACME}")
        return "", ""
    address = Fields(node, x12.notes, key)
    found = _text(address, "qualifier", 2), _text(address, "id", 15)
    address.finish()
    return found


def _text(fields: Fields, key: str, longest: int, default: str | None = None) -> str:
    """A text that can stand in an element; without a default it is needed."""
    scalar = fields.scalar(key, needed=default is None)
    if scalar is None:
        return default or ""
    if wrong := cannot_stand(scalar.text, longest):
        fields.notes.add(scalar.place, f"`{key}`: {wrong}", f"1 to {longest} plain characters")
    return scalar.text


def _codes(
    x12: Fields, key: str, longest: int, known: tuple[str, ...] = (), *, needed: bool = False
) -> Mapping[str, str]:
    """Our words to the receiver's codes."""
    node = x12.node(key)
    if node is None:
        if needed:
            x12.notes.add(x12.place, f"the x12 part has no `{key}`", "{linehaul: ...}")
        return {}
    codes = Fields(node, x12.notes, key)
    for word, _ in codes.map.entries:
        if known and word.text not in known:
            x12.notes.wrong_word(word, key, known)
    return {word.text: _text(codes, word.text, longest) for word, _ in codes.map.entries}


def _parties(x12: Fields) -> tuple[Party, ...]:
    node = x12.node("parties")
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        x12.notes.add(node.place, "`parties` is no list", "- role: BT, name: ...")
        return ()
    return tuple(_party(Fields(item, x12.notes, "party")) for item in node.items)


def _party(fields: Fields) -> Party:
    name = fields.text("name")
    if name and not plain_text(name, 60):
        fields.notes.add(fields.place, f"the name {name!r} has no plain letter")
    party = Party(
        role=_text(fields, "role", 3),
        name=name,
        code_qualifier=_text(fields, "code_qualifier", 2, ""),
        code=_text(fields, "code", 80, ""),
        street=fields.text("street", ""),
        city=fields.text("city", ""),
        region=_text(fields, "region", 2, ""),
        postal_code=_text(fields, "postal_code", 15, ""),
        country=_text(fields, "country", 3, ""),
    )
    if bool(party.code) != bool(party.code_qualifier):
        fields.notes.add(fields.place, "`code` and `code_qualifier` stand together or not at all")
    fields.finish()
    return party


def _codes_810(x12: Fields) -> x12_810.Codes:
    defaults = x12_810.Codes()
    codes = x12_810.Codes(
        items=_codes(x12, "items", 48),
        item_qualifier=_text(x12, "item_qualifier", 2, defaults.item_qualifier),
        charges=_codes(x12, "charges", 4),
        taxes=_codes(x12, "taxes", 2),
        debit=_text(x12, "debit", 2, defaults.debit),
        credit=_text(x12, "credit", 2, defaults.credit),
    )
    if not codes.items and not codes.charges:
        x12.notes.add(x12.place, "the x12 part has neither `items` nor `charges`")
    charges = x12.node("charges")
    for word, _ in charges.entries if isinstance(charges, Map) else ():
        if word.text in codes.items:
            x12.notes.add(word.place, f"`{word.text}` stands among the items too", "one of the two")
    return codes


def _codes_210(x12: Fields) -> x12_210.Codes:
    defaults = x12_210.Codes(charges={})
    return x12_210.Codes(
        charges=_codes(x12, "charges", 3, needed=True),
        units=_units(x12),
        payment=_text(x12, "payment", 2, defaults.payment),
        credit=_text(x12, "credit", 2, defaults.credit),
        provisional=_text(x12, "provisional", 2, defaults.provisional),
        supplemental=_text(x12, "supplemental", 2, defaults.supplemental),
        rebill=_text(x12, "rebill", 2, defaults.rebill),
        credited=_text(x12, "credited", 3, defaults.credited),
    )


def _units(x12: Fields) -> Mapping[str, x12_210.UnitCodes]:
    node = x12.node("units")
    if node is None:
        return {}
    found = {}
    for unit, codes_node in Fields(node, x12.notes, "units").map.entries:
        codes = Fields(codes_node, x12.notes, f"unit `{unit.text}`")
        found[unit.text] = x12_210.UnitCodes(_text(codes, "quantity", 2), _text(codes, "rate", 2))
        codes.finish()
    return found
