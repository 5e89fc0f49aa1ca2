"""315 and 322: what happens to a container, and which container it is."""

import msgspec
import pytest

from app.evidence.facts.freight import Milestone, MilestoneStatus
from app.evidence.intake.profile import CodeMap, Profiles
from app.evidence.intake.received import Received
from tests.unit.evidence.intake.made_up import (
    PROFILES,
    codes,
    interchange,
    one,
    read_one,
)

GATE = (
    "Q5*OA*20260305*1010*LT**LOS ANGELES*CA*US",
    "N7*MSCU*123456*18200*G*******CN*MAEU*****K*6",
    "W2*MSCU*123456**CN*L********6",
    "N9*BM*BL-1",
)
VESSEL = ("B4***UV*20260302*0615*USLAX*MSCU*123456*L****6", "N9*BM*BL-1")


def milestone(received: Received) -> Milestone:
    said = received.facts[0].said
    assert isinstance(said, Milestone)
    return said


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("Q5*OA*", "Q5*OA*", MilestoneStatus.GATE_OUT),
        ("CN*L*", "CN*E*", MilestoneStatus.OTHER),  # an empty leaves for an export
        ("Q5*OA*", "Q5*RD*", MilestoneStatus.GATE_IN),
        ("Q5*OA*", "Q5*I*", MilestoneStatus.OTHER),  # loaded: not the empty that came back
    ],
)
def test_a_gate_move_is_told_apart_by_the_load(old: str, new: str, status: MilestoneStatus) -> None:
    received = one("322", GATE, old, new)
    assert milestone(received).status is status
    assert codes(received) == []


@pytest.mark.parametrize(("old", "new"), [("CN*L*", "CN**"), ("Q5*OA*", "Q5*GI*")])
def test_a_gate_move_of_unknown_load_or_code_is_unmapped_and_remarked(old: str, new: str) -> None:
    received = one("322", GATE, old, new)
    assert milestone(received).status is MilestoneStatus.UNMAPPED
    assert codes(received) == ["CODE_UNMAPPED"]
    assert "map 157 of standard" in received.faults[0].detail


def test_a_partner_says_what_its_in_gate_means() -> None:
    standard = PROFILES.standard
    words = {**standard.codes["157"].words, "I/L": "gate_in"}
    own = msgspec.structs.replace(
        standard,
        name="ramp",
        senders=("ACME",),
        codes={**standard.codes, "157": CodeMap(version="ramp-1", words=words)},
    )
    raw = interchange(("322", tuple(each.replace("Q5*OA", "Q5*I") for each in GATE)))
    received = read_one(raw, Profiles(standard=standard, partners=(own,)))
    assert milestone(received).status is MilestoneStatus.GATE_IN


@pytest.mark.parametrize(
    ("initial", "number", "digit", "equipment"),
    [
        ("MSCU", "123456", "6", "MSCU1234566"),
        ("MSCU", "123456", "", "MSCU1234566"),  # the digit that follows from the number
        ("MSCU", "1234566", "", "MSCU1234566"),
        ("", "MSCU1234566", "", "MSCU1234566"),
        ("CSQU", "305438", "", "CSQU3054383"),  # the example of ISO 6346
        ("TTX", "905123", "", "TTX905123"),  # a rail car has no check digit
        ("MSCZ", "12345", "", "MSCZ12345"),
    ],
)
def test_a_container_has_one_number_however_it_is_written(
    initial: str, number: str, digit: str, equipment: str
) -> None:
    body = (VESSEL[0].replace("MSCU*123456*L****6", f"{initial}*{number}*L****{digit}"), VESSEL[1])
    received = read_one(interchange(("315", body)))
    assert milestone(received).equipment == equipment
    assert f"container {equipment}" in map(str, received.facts[0].references)


def test_a_check_digit_that_does_not_follow_is_kept_and_remarked() -> None:
    received = one("315", VESSEL, "L****6", "L****9")
    assert milestone(received).equipment == "MSCU1234569"
    assert "CHECK_DIGIT_WRONG" in codes(received)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("*20260302*0615", "**", "B4-04"),
        ("*20260302*0615", "*20260231*0615", "B4-04"),
        ("*20260302*0615", "*20260302*2561", "B4-05"),
    ],
)
def test_an_ocean_status_without_a_possible_moment_is_refused(
    old: str, new: str, field: str
) -> None:
    received = one("315", VESSEL, old, new)
    assert received.facts == ()
    assert received.faults[-1].place.field == field


def test_an_ocean_status_that_names_nothing_is_refused() -> None:
    received = read_one(interchange(("315", (VESSEL[0].replace("MSCU*123456", "*"),))))
    assert codes(received)[-1] == "VALUE_MISSING"
    assert received.refused


def test_each_container_of_a_terminal_report_has_a_milestone_with_its_own_number() -> None:
    second = ("N7*CSQU*305438", "W2*CSQU*305438**CN*E")
    received = read_one(interchange(("322", (*GATE[:3], *second, GATE[3]))))
    told = [fact.said for fact in received.facts]
    assert [(each.equipment, each.status) for each in told if isinstance(each, Milestone)] == [
        ("MSCU1234566", MilestoneStatus.GATE_OUT),
        ("CSQU3054383", MilestoneStatus.OTHER),
    ]
    assert [[str(ref) for ref in fact.references] for fact in received.facts] == [
        ["bol BL-1", "container MSCU1234566"],
        ["bol BL-1", "container CSQU3054383"],
    ]


def test_a_terminal_report_without_equipment_is_refused() -> None:
    assert codes(read_one(interchange(("322", (GATE[0], GATE[3]))))) == ["SEGMENT_MISSING"]
