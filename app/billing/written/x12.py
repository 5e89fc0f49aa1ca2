"""What both X12 forms share: the circumstances, the envelope, and what an element may hold.

Version 004010. Identifiers are written as they are or not at all: one that is too long or holds
a sign that separates is a mistake. Names and descriptions, by which nothing is found again, are
put into plain letters and cut to the length of their element.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from app.billing.invoice import Invoice, InvoiceLine
from app.errors import Mistake, Place, UnwritableInvoiceError
from app.measures import Instant
from app.money import MINOR_UNITS, Money

ELEMENT, COMPONENT, TERMINATOR = "*", ">", "~"
LAYOUT = "\n"
VERSION = "004010"
CONTROL_VERSION = "00401"
TRANSACTION = "0001"
LARGEST_CONTROL_NUMBER = 999_999_999
IMPLIED_DECIMALS = 2
"""Of amounts of type N2: TDS-01, SAC-05, B3-07, L1-04, L3-05."""
LONGEST_AMOUNT = 12
"""Digits of such an amount, cents among them."""

_plain = re.compile(r"[ -~]+")
_separating = re.compile(rf"[{re.escape(ELEMENT + COMPONENT + TERMINATOR)}]")
_scac = re.compile(r"[A-Z]{2,4}")


class Party(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An N1 loop: who, by name and code, and where."""

    role: str
    """Element 98: `BT` bill-to, `RI` remit-to, `SH` shipper, `CN` consignee, ..."""
    name: str
    code_qualifier: str = ""
    """Element 66: `93` assigned by the sender, `2` SCAC, ..."""
    code: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""


class Exchange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is agreed with a receiver once and stands in every invoice it gets."""

    sender_qualifier: str
    """ISA05: `02` SCAC, `ZZ` as agreed, ..."""
    sender: str
    receiver_qualifier: str
    receiver: str
    scac: str = ""
    """Our SCAC; a 210 needs it."""
    test: bool = False
    """Whether ISA15 says that nobody shall book it."""
    qualifiers: Mapping[str, str] = {}
    """Our kind of reference to element 128: `bol` to `BM`. Other kinds are not wanted."""
    parties: tuple[Party, ...] = ()


class Circumstances(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a written invoice says beyond the invoice itself."""

    exchange: Exchange
    control_number: int
    """ISA13, GS06: 1 to 999,999,999, never used twice towards the same receiver."""
    written_at: Instant
    """Stands in ISA and GS in its own offset."""
    number: str
    """What the invoice is called outside; up to 22 characters."""
    credited_number: str = ""
    """Of a credit: what the invoice it takes back is called outside."""


def cannot_stand(text: str, longest: int) -> str:
    """Why a text by which something is found again cannot be an element; empty if it can."""
    if not text.strip():
        return "it is empty"
    if text != text.strip():
        return f"{text!r} begins or ends with a blank"
    if len(text) > longest:
        return f"{text!r} has {len(text)} characters"
    if not _plain.fullmatch(text) or _separating.search(text):
        return f"{text!r} cannot stand in X12"
    return ""


class Mistakes:
    """What of an invoice cannot be written; all of it is told at once."""

    def __init__(self, invoice: Invoice, form: str) -> None:
        self._found: list[Mistake] = []
        self._file = f"{form} of {invoice.reference}"

    def add(self, field: str, what: str, allowed: str = "", mend: str = "") -> None:
        """Note one."""
        place = Place(file=self._file, field=field)
        self._found.append(Mistake(place=place, what=what, allowed=allowed, mend=mend))

    def identifier(self, text: str, longest: int, field: str) -> str:
        """A text by which something is found again: exactly as it is."""
        if wrong := cannot_stand(text, longest):
            self.add(field, wrong, f"1 to {longest} plain characters without * > ~")
        return text

    def code_for(self, word: str, codes: Mapping[str, str], field: str, of: str) -> str:
        """The receiver's code for a word of ours."""
        code = codes.get(word, "")
        if not code:
            mend = f"add `{word}` to the destination's {of}"
            self.add(field, f"there is no code for `{word}`", ", ".join(sorted(codes)), mend)
        return code

    def hundredths(self, amount: Money, field: str) -> str:
        """An amount with two implied decimals: `-12550` is -125.50."""
        if MINOR_UNITS[amount.currency] != IMPLIED_DECIMALS:
            what = f"{amount} has not two decimals, as X12 amounts have"
            self.add(field, what, "a currency of two decimals")
            return ""
        cents = str(amount.minor_units)
        if len(cents.lstrip("-")) > LONGEST_AMOUNT:
            self.add(field, f"{amount} is too large for X12", f"{LONGEST_AMOUNT} digits")
        return cents

    def stop_if_any(self) -> None:
        """Give up if anything was noted.

        Raises:
            UnwritableInvoiceError: with every mistake.
        """
        if self._found:
            raise UnwritableInvoiceError(f"the {self._file} cannot be written", self._found)


def interchange(
    given: Circumstances,
    group: str,
    transaction: str,
    body: Sequence[str],
) -> bytes:
    """One transaction in one group in one interchange.

    Args:
        given: the circumstances, already looked at.
        group: GS01: `IN` or `IM`.
        transaction: ST01: `810` or `210`.
        body: the segments between ST and SE.
    """
    by = given.exchange
    number = f"{given.control_number:09}"
    day, clock = f"{given.written_at:%Y%m%d}", f"{given.written_at:%H%M}"
    isa = (
        *("ISA", "00", " " * 10, "00", " " * 10),
        *(f"{by.sender_qualifier:<2}", f"{by.sender:<15}"),
        *(f"{by.receiver_qualifier:<2}", f"{by.receiver:<15}"),
        *(day[2:], clock, "U", CONTROL_VERSION, number, "0", "T" if by.test else "P"),
        COMPONENT,
    )
    control = str(given.control_number)
    segments = (
        ELEMENT.join(isa),
        segment("GS", group, by.sender, by.receiver, day, clock, control, "X", VERSION),
        segment("ST", transaction, TRANSACTION),
        *body,
        segment("SE", str(len(body) + 2), TRANSACTION),
        segment("GE", "1", control),
        segment("IEA", "1", number),
    )
    return "".join(f"{each}{TERMINATOR}{LAYOUT}" for each in segments).encode("ascii")


def segment(*elements: str) -> str:
    """A segment without the empty elements at its end."""
    return ELEMENT.join(elements).rstrip(ELEMENT)


def look_at(given: Circumstances, invoice: Invoice, mistakes: Mistakes) -> None:
    """Note what is wrong with the circumstances, or that there is nothing to bill."""
    if not invoice.lines:
        mistakes.add("lines", "there is none", "one or more")
    mistakes.identifier(given.number, 22, "number")
    if not 1 <= given.control_number <= LARGEST_CONTROL_NUMBER:
        allowed = f"1 to {LARGEST_CONTROL_NUMBER}"
        mistakes.add("control_number", f"it is {given.control_number}", allowed)
    if invoice.kind == "credit":
        mistakes.identifier(given.credited_number, 22, "credited_number")
    _look_at_exchange(given.exchange, mistakes)


def _look_at_exchange(by: Exchange, mistakes: Mistakes) -> None:
    for field in ("sender_qualifier", "receiver_qualifier"):
        mistakes.identifier(getattr(by, field), 2, field)
    for field in ("sender", "receiver"):
        mistakes.identifier(getattr(by, field), 15, field)
    if by.scac and not is_scac(by.scac):
        mistakes.add("scac", f"{by.scac!r} is no SCAC", "two to four letters")
    for word, code in by.qualifiers.items():
        mistakes.identifier(code, 3, f"qualifiers.{word}")
    for at, party in enumerate(by.parties):
        _look_at_party(party, f"parties[{at}]", mistakes)


def is_scac(text: str) -> bool:
    """Whether it is written as a Standard Carrier Alpha Code."""
    return bool(_scac.fullmatch(text))


def _look_at_party(party: Party, field: str, mistakes: Mistakes) -> None:
    mistakes.identifier(party.role, 3, f"{field}.role")
    if not plain_text(party.name, 60):
        mistakes.add(f"{field}.name", f"{party.name!r} has no plain letter", "a name")
    if bool(party.code) != bool(party.code_qualifier):
        mistakes.add(f"{field}.code", "a code and its qualifier stand together", "both or none")
    elif party.code:
        mistakes.identifier(party.code_qualifier, 2, f"{field}.code_qualifier")
        mistakes.identifier(party.code, 80, f"{field}.code")
    for name, longest in (("region", 2), ("postal_code", 15), ("country", 3)):
        if value := getattr(party, name):
            mistakes.identifier(value, longest, f"{field}.{name}")


def references(tag: str, by: Exchange, invoice: Invoice, mistakes: Mistakes) -> tuple[str, ...]:
    """A REF or N9 for each number whose kind the receiver wants, each once."""
    wanted = (
        (by.qualifiers[kind], mistakes.identifier(value, 30, f"references.{kind}"))
        for kind, value in invoice.references
        if kind in by.qualifiers
    )
    return tuple(segment(tag, *each) for each in dict.fromkeys(wanted))


def parties(by: Exchange) -> Iterable[str]:
    """The N1 loops."""
    for each in by.parties:
        yield segment("N1", each.role, plain_text(each.name, 60), each.code_qualifier, each.code)
        if street := plain_text(each.street, 55):
            yield segment("N3", street)
        place = (plain_text(each.city, 30), each.region, each.postal_code, each.country)
        if any(place):
            yield segment("N4", *place)


def plain_text(text: str, longest: int) -> str:
    """A text for people in the plain letters of X12, cut to a length."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    printed = "".join(sign if sign.isprintable() else " " for sign in letters)
    return " ".join(_separating.sub(" ", printed).split())[:longest].strip()


def word_of(line: InvoiceLine) -> str:
    """What a code is looked up by: the tax of a tax line (`GST of CA`), else the charge."""
    return line.tax or line.code


def decimals(value: Decimal) -> str:
    """A number with its decimal point (type R), never with an exponent."""
    return f"{value:f}"
