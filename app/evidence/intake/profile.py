"""How one partner is read: who it is, what its messages leave unsaid, what its codes mean.

A profile is data from `rules/partners/`; this is its form once it was checked. Codes are
looked up by element and code, because the same letters mean other things in other
elements, and per partner, because partners bend them: `XB` is an acknowledgement with one
and "proof of delivery is here" with the next.
"""

from collections.abc import Mapping

import msgspec

from app.evidence.intake.feed import Feed
from app.evidence.intake.mapped.model import Mapping as FileMapping
from app.measures import WeightUnit


class CodeMap(msgspec.Struct, frozen=True, kw_only=True):
    """What the codes of one element mean, in our words; `version` names its edition."""

    version: str
    words: dict[str, str]

    def word(self, code: str) -> str | None:
        """Our word, or None where the map does not know the code."""
        return self.words.get(code)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How messages of one partner are read."""

    name: str
    senders: tuple[str, ...] = ()
    """ISA06, GS02 or UNB-02 values by which the partner is recognised."""
    strict: bool = False
    """Whether wrong counts, control numbers and sums refuse a transaction."""
    zone: str = "UTC"
    """IANA zone of local times whose place says nothing."""
    envelope_zone: str = "UTC"
    """IANA zone of the times in ISA and GS."""
    weight_unit: WeightUnit | None = None
    """Unit of weights that name none; without it such a weight is refused."""
    currency: str | None = None
    """Currency of amounts that name none; without it they are refused."""
    systems: Mapping[str, str] = {}
    """Transaction set to the role of the system that sends it: tms, carrier, wms."""
    customers: Mapping[str, str] = {}
    """Bill-to code to our customer number."""
    estimated: tuple[str, ...] = ()
    """Status and appointment codes (1650, 1652) that announce and do not report."""
    codes: Mapping[str, CodeMap] = {}
    """X12 or EDIFACT element number to its code map; no number is used by both."""

    def word(self, element: str, code: str) -> str | None:
        """Our word for a code of an element, or None where it is not mapped."""
        code_map = self.codes.get(element)
        return code_map.word(code) if code_map else None

    def version_of(self, element: str) -> str:
        """The version of the element's code map, or a word that there is none."""
        code_map = self.codes.get(element)
        return code_map.version if code_map else "no map"


class Profiles(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Every partner's profile, and the standard one for whoever has none."""

    standard: Profile
    partners: tuple[Profile, ...] = ()
    feeds: tuple[Feed, ...] = ()
    """Every feed of every partner."""
    mappings: tuple[FileMapping, ...] = ()
    """How files of other forms become facts; the standard ones are for every partner."""

    def of(self, *senders: str) -> Profile:
        """The profile of the first sender that has one of its own, else the standard."""
        for sender in senders:
            for profile in self.partners:
                if sender and sender in profile.senders:
                    return profile
        return self.standard

    def named(self, partner: str) -> Profile:
        """The profile of this name, else the standard."""
        return next((each for each in self.partners if each.name == partner), self.standard)

    def feed(self, partner: str, name: str) -> Feed | None:
        """The feed by this address, if there is one."""
        return next((f for f in self.feeds if (f.partner, f.name) == (partner, name)), None)

    def mapping(self, partner: str, name: str) -> FileMapping | None:
        """The partner's own mapping of this name, else the standard one."""
        named = {each.partner: each for each in self.mappings if each.name == name}
        return named.get(partner) or named.get(self.standard.name)
