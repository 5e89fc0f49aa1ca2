"""The packages of a unit: of each what counts, whoever measured it.

A carrier that measures a package again on its belt (its post-audit) tells it as a later word
on the same package. As with every attribute the last word of what really happened counts,
unless `rules/authority.yaml` names systems for `package`: then theirs goes first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from app.evidence.correlation.authority import Owner, Rank, Told, settle
from app.evidence.correlation.told import rank
from app.evidence.facts.fact import Classifier, Fact
from app.evidence.facts.freight import Package
from app.evidence.facts.reference import Reference, ReferenceKind
from app.measures import Weight

OWNER = "package"
"""The name under which `rules/authority.yaml` may say whose measure counts."""


class MeasuredPackage(msgspec.Struct, frozen=True, kw_only=True):
    """One package after everybody has spoken; None where nobody has said."""

    package: str
    really: bool
    """Somebody reports it as a matter of fact; otherwise it is only planned."""
    status: str
    service: str
    residential: bool | None
    weight: Weight | None
    sides: tuple[Decimal, ...]
    """Length, width and height in inches by one and the same source; empty unless it told all."""
    told_by: Mapping[str, str]
    """By attribute, the fact whose word counts."""
    fact_ids: tuple[str, ...]


def packages_of(facts: Iterable[Fact], owner: Owner | None) -> tuple[MeasuredPackage, ...]:
    """Each package once, by its number."""
    about = [fact for fact in facts if isinstance(fact.said, Package)]
    keys = package_keys(about)
    by_key: dict[str, list[Fact]] = defaultdict(list)
    for fact in sorted(about, key=rank):
        by_key[keys[fact.fact_id]].append(fact)
    return tuple(_measured(key, by_key[key], owner) for key in sorted(by_key))


def package_keys(facts: Iterable[Fact]) -> Mapping[str, str]:
    """By fact, the package it is about; one is known by its own number and by its tracking number.

    The warehouse names a carton by its SSCC and adds the tracking number; the carrier knows
    only the latter.
    """
    about = [(fact, fact.said) for fact in facts if isinstance(fact.said, Package)]
    tracked = {
        _key(said.tracking): _key(said.package)
        for _, said in sorted(about, key=lambda each: rank(each[0]))
        if said.tracking
    }
    return {
        fact.fact_id: tracked.get(_key(said.package), _key(said.package)) for fact, said in about
    }


def _key(number: str) -> str:
    return Reference(kind=ReferenceKind.TRACKING, value=number).key


def _measured(key: str, facts: list[Fact], owner: Owner | None) -> MeasuredPackage:
    """The package of these facts, which are in the order of their rank."""
    counts: dict[str, Package] = {}
    told_by: dict[str, str] = {}
    for name in ("status", "service", "residential", "weight", "sides"):
        if fact := _counting(facts, name, owner):
            assert isinstance(fact.said, Package), "packages are chosen by type"
            counts[name], told_by[name] = fact.said, fact.fact_id
    return MeasuredPackage(
        package=_number(key, facts),
        really=any(fact.classifier is Classifier.ACTUAL for fact in facts),
        status=(counts["status"].status or "") if "status" in counts else "",
        service=(counts["service"].service or "") if "service" in counts else "",
        residential=counts["residential"].residential if "residential" in counts else None,
        weight=counts["weight"].weight if "weight" in counts else None,
        sides=_all_sides(counts["sides"]) if "sides" in counts else (),
        told_by=told_by,
        fact_ids=tuple(sorted(fact.fact_id for fact in facts)),
    )


def _number(key: str, facts: list[Fact]) -> str:
    """Its number as its own source writes it, so that a carrier's later word renames nothing."""
    written = {said.package for fact in facts if isinstance(said := fact.said, Package)}
    return min(written, key=lambda number: (_key(number) != key, number))


def _counting(facts: list[Fact], name: str, owner: Owner | None) -> Fact | None:
    """The fact whose word on it counts; what was only planned is silent where it happened."""
    spoken = [fact for fact in facts if _word(fact, name)]
    happened = [fact for fact in spoken if fact.classifier is Classifier.ACTUAL]
    last = {_voice(fact): fact for fact in happened or spoken}
    words = [
        Told(
            value=_word(fact, name),
            fact_id=fact.fact_id,
            system=fact.source.system,
            actual=fact.classifier is Classifier.ACTUAL,
            rank=_by_time(fact),
            voice=voice,
        )
        for voice, fact in last.items()
    ]
    if not words:
        return None
    counts = settle(name, words, owner).counts.fact_id
    return next(fact for fact in spoken if fact.fact_id == counts)


def _voice(fact: Fact) -> str:
    return f"{fact.source.system}/{fact.source.instance}"


def _by_time(fact: Fact) -> Rank:
    """Revisions count what one source corrected; between sources only time tells the later word."""
    actual, _, moment, fact_id = rank(fact)
    return actual, 0, moment, fact_id


def _word(fact: Fact, name: str) -> str:
    """What the fact says of it in words, empty where it says nothing."""
    said = fact.said
    assert isinstance(said, Package), "packages are chosen by type"
    if name == "sides":
        told = [each for each in _sides(said) if each is not None]
        return " x ".join(str(each) for each in told)
    value = getattr(said, name)
    return "" if value is None else str(value)


def _sides(said: Package) -> tuple[Decimal | None, ...]:
    return said.length_in, said.width_in, said.height_in


def _all_sides(said: Package) -> tuple[Decimal, ...]:
    """All three, or none: a side of one source beside those of another measures no box.

    A side of nothing was not measured.
    """
    told = tuple(each for each in _sides(said) if each)
    return told if len(told) == len(_sides(said)) else ()
