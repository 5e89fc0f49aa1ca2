"""Partner profiles as people write them, read and checked, with feeds and mappings.

`rules/partners/standard/profile.yaml` says how everybody is read; a partner's own file says
what differs. Every mistake of every file is reported at once, each at its line and column.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from app.authoring.files import located_yaml
from app.authoring.files.feed_files import FILE_NAME as FEEDS_NAME
from app.authoring.files.feed_files import MAPPINGS, mappings_and_feeds_of
from app.authoring.files.located_yaml import Node, Scalar, Sequence, nearest
from app.authoring.files.typed_fields import Notes
from app.errors import FileError, Mistake, Place
from app.evidence.facts.freight import Fault, MilestoneStatus
from app.evidence.facts.reference import ReferenceKind
from app.evidence.facts.warehouse import Disposition
from app.evidence.intake.edifact.consignment import KIND
from app.evidence.intake.profile import CodeMap, Profile, Profiles
from app.evidence.intake.x12.sets import MAPPERS
from app.evidence.intake.zones import is_zone
from app.measures import WeightUnit
from app.money import MINOR_UNITS

STANDARD = "standard"
FILE_NAME = "profile.yaml"
PATTERNS = (f"*/{FILE_NAME}", f"*/{FEEDS_NAME}", f"*{MAPPINGS}*.yaml")
UNMAPPED = "unmapped"
"""The word that takes a standard code away from a partner."""

BILL_TYPES = (
    "original",
    "balance_due",
    "adjustment",
    "correction",
    "rebill",
    "cancelled",
    "past_due",
)

WORDS: Mapping[str, tuple[str, ...]] = {
    "128": tuple(ReferenceKind),
    "146": ("prepaid", "collect", "third_party"),
    "150": (),
    "157": tuple(MilestoneStatus),
    "188": tuple(WeightUnit),
    "202": BILL_TYPES,
    "234": (),
    "353": ("tendered", "cancelled"),
    "355": ("each", "case", "carton", "pallet"),
    "368": tuple(Disposition),
    "412": (),
    "473": ("open", "closed", "cancelled"),
    "514": ("shipped",),
    "558": (MilestoneStatus.TENDER_ACCEPTED, MilestoneStatus.TENDER_DECLINED),
    "640": BILL_TYPES,
    "668": tuple(Disposition),
    "1300": (),
    "1650": tuple(MilestoneStatus),
    "1651": tuple(Fault),
    "1652": tuple(MilestoneStatus),
    "1153": tuple(ReferenceKind),
    "1225": ("original",),
    "2005": ("happened", "announced", "other"),
    "3227": ("here", "other"),
    "4405": tuple(MilestoneStatus),
    "7405": tuple(ReferenceKind),
    "9013": tuple(Fault),
    "9015": ("transport",),
}
"""The words each element may be mapped to; an empty tuple allows any word of our own."""

KEYS = ("partner", "senders", "envelope", "assume", "systems", "customers", "estimated", "codes")
_our_word = re.compile(r"[a-z][a-z0-9_]*")


def read_partners(folder: Path) -> Profiles:
    """The profiles under `rules/partners`.

    Raises:
        FileError: with every mistake of every file.
    """
    files = sorted(file for pattern in PATTERNS for file in folder.glob(pattern))
    return profiles_of({file.relative_to(folder).as_posix(): _text_of(file) for file in files})


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        mistake = Mistake(place=Place(file=str(file), byte_offset=error.start), what="is not UTF-8")
        raise FileError("the partner profiles cannot be accepted", [mistake]) from error


def profiles_of(texts: Mapping[str, str]) -> Profiles:
    """The profiles, feeds and mappings in texts, by the name of each file: `acme/profile.yaml`.

    Raises:
        FileError: with every mistake of every file.
    """
    mistakes: list[Mistake] = []
    readings = [
        _ProfileFile(file, text, mistakes)
        for file, text in sorted(texts.items())
        if file.endswith(f"/{FILE_NAME}") and MAPPINGS not in file
    ]
    blank = Profile(name=STANDARD)
    standard = next((each.profile(blank) for each in readings if each.folder == STANDARD), None)
    if standard is None:
        place = Place(file=f"{STANDARD}/{FILE_NAME}")
        mistakes.append(Mistake(place=place, what="there is no standard profile"))
    own = [each for each in readings if each.folder != STANDARD]
    partners = tuple(each.profile(standard or blank) for each in own)
    mistakes += _claimed_twice(own)
    notes = Notes()
    mappings, feeds = mappings_and_feeds_of(texts, notes)
    mistakes += notes.mistakes
    if mistakes:
        raise FileError("the partner profiles cannot be accepted", mistakes)
    assert standard is not None, "a missing standard profile is a mistake"
    return Profiles(standard=standard, partners=partners, feeds=feeds, mappings=mappings)


def _claimed_twice(files: Iterable["_ProfileFile"]) -> Iterable[Mistake]:
    claimed: dict[str, Place] = {}
    for file in files:
        for sender in file.texts("senders"):
            if sender.text in claimed:
                what = f"sender `{sender.text}` is claimed already at {claimed[sender.text]}"
                yield Mistake(place=sender.place, what=what)
            claimed.setdefault(sender.text, sender.place)


class _ProfileFile:
    """One profile file; its mistakes go into the list it is given."""

    def __init__(self, file: str, text: str, mistakes: list[Mistake]) -> None:
        self.folder = file.split("/", maxsplit=1)[0]
        self._mistakes = mistakes
        self._top = located_yaml.Mapping((), Place(file=file))
        try:
            documents = located_yaml.load(text, file)
        except FileError as error:
            mistakes += error.mistakes
            return
        if len(documents) == 1:
            self._top = self._mapping(documents[0])
        else:
            self._mistake(self._top, f"{len(documents)} documents", "one document")
        self._known(self._top, KEYS)

    def profile(self, over: Profile) -> Profile:
        """The profile: what the file says, and the rest from the one it differs from."""
        envelope = self._part("envelope", ("strict", "zone"))
        assume = self._part("assume", ("zone", "weight_unit", "currency"))
        unit = self._chosen(assume, "weight_unit", tuple(WeightUnit), over.weight_unit)
        return msgspec.structs.replace(
            over,
            name=self._name(),
            senders=tuple(sender.text for sender in self.texts("senders")),
            strict=self._chosen(envelope, "strict", ("yes", "no"), _yes_no(over.strict)) == "yes",
            envelope_zone=self._zone(envelope, over.envelope_zone),
            zone=self._zone(assume, over.zone),
            weight_unit=WeightUnit(unit) if unit else None,
            currency=self._chosen(assume, "currency", tuple(MINOR_UNITS), over.currency),
            systems={**over.systems, **self._systems()},
            customers={**over.customers, **self._pairs("customers")},
            estimated=(*over.estimated, *(code.text for code in self.texts("estimated"))),
            codes={**over.codes, **self._codes(over.codes)},
        )

    def texts(self, key: str) -> tuple[Scalar, ...]:
        """The texts of a list."""
        node = self._top.get(key)
        if node is None:
            return ()
        if not isinstance(node, Sequence):
            self._mistake(node, f"`{key}` is no list", "a list of texts: [A, B]")
            return ()
        return tuple(item for item in node.items if isinstance(item, Scalar) and item.text)

    def _name(self) -> str:
        node = self._top.get("partner")
        if not isinstance(node, Scalar) or node.text != self.folder:
            found = f"`{node.text}`" if isinstance(node, Scalar) else "missing"
            what = f"`partner` is {found}"
            self._mistake(node or self._top, what, f"the folder's name, `{self.folder}`")
        return self.folder

    def _part(self, key: str, known: tuple[str, ...]) -> located_yaml.Mapping:
        node = self._top.get(key)
        if node is None:
            return located_yaml.Mapping((), self._top.place)
        part = self._mapping(node)
        self._known(part, known)
        return part

    def _chosen(
        self, part: located_yaml.Mapping, key: str, allowed: tuple[str, ...], default: str | None
    ) -> str | None:
        node = part.get(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and node.text in allowed:
            return node.text
        self._not_allowed(node, key, allowed)
        return default

    def _zone(self, part: located_yaml.Mapping, default: str) -> str:
        node = part.get("zone")
        if node is None:
            return default
        if isinstance(node, Scalar) and is_zone(node.text):
            return node.text
        self._mistake(node, f"{_shown(node)} is no time zone", "an IANA zone: America/Chicago")
        return default

    def _systems(self) -> dict[str, str]:
        pairs = self._part("systems", (*MAPPERS, KIND))
        return {key.text: value for key, value in self._words(pairs, ())}

    def _pairs(self, key: str) -> dict[str, str]:
        node = self._top.get(key)
        pairs = self._mapping(node).entries if node else ()
        for _, value in pairs:
            if not isinstance(value, Scalar) or not value.text:
                self._mistake(value, f"a value of `{key}` is no text", "a text")
        return {name.text: value.text for name, value in pairs if isinstance(value, Scalar)}

    def _codes(self, over: Mapping[str, CodeMap]) -> dict[str, CodeMap]:
        maps = self._part("codes", tuple(WORDS))
        return {
            element.text: self._code_map(element.text, self._mapping(node), over)
            for element, node in maps.entries
            if element.text in WORDS
        }

    def _code_map(
        self, element: str, part: located_yaml.Mapping, over: Mapping[str, CodeMap]
    ) -> CodeMap:
        self._known(part, ("version", "words"))
        version = part.get("version")
        if not isinstance(version, Scalar) or not version.text:
            self._mistake(version or part, f"map {element} has no version", "a text")
        words = part.get("words")
        own = self._words(self._mapping(words), WORDS[element]) if words else []
        under = over.get(element)
        merged = {**(under.words if under else {}), **{code.text: word for code, word in own}}
        label = version.text if isinstance(version, Scalar) else ""
        return CodeMap(
            version=f"{label} over {under.version}" if under else label,
            words={code: word for code, word in merged.items() if word != UNMAPPED},
        )

    def _words(
        self, pairs: located_yaml.Mapping, allowed: tuple[str, ...]
    ) -> list[tuple[Scalar, str]]:
        """Codes and words; a word is one of `allowed`, or any of ours where that is empty."""
        found = []
        for code, node in pairs.entries:
            text = node.text if isinstance(node, Scalar) else ""
            if text == UNMAPPED or (text in allowed if allowed else _our_word.fullmatch(text)):
                found.append((code, text))
            elif allowed:
                self._not_allowed(node, code.text, allowed)
            else:
                self._mistake(node, f"{_shown(node)} is no word of ours", "fuel_surcharge, ...")
        return found

    def _mapping(self, node: Node) -> located_yaml.Mapping:
        if isinstance(node, located_yaml.Mapping):
            return node
        self._mistake(node, f"{_shown(node)} stands where keys belong", "key: value")
        return located_yaml.Mapping((), node.place)

    def _known(self, part: located_yaml.Mapping, known: tuple[str, ...]) -> None:
        for key, _ in part.entries:
            if key.text not in known:
                self._not_allowed(key, "", known)

    def _not_allowed(self, node: Node, of: str, allowed: tuple[str, ...]) -> None:
        near = nearest(node.text, allowed) if isinstance(node, Scalar) else ""
        mend = f"did you mean `{near}`?" if near else ""
        what = f"{_shown(node)} is not allowed" + (f" for `{of}`" if of else " here")
        self._mistake(node, what, ", ".join(allowed), mend)

    def _mistake(self, node: Node, what: str, allowed: str = "", mend: str = "") -> None:
        mistake = Mistake(place=node.place, what=what, allowed=allowed, mend=mend)
        if mistake not in self._mistakes:  # two parts may look at one node
            self._mistakes.append(mistake)


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"`{node.text}`" if node.text else "nothing"
    return "a list" if isinstance(node, Sequence) else "a map"
