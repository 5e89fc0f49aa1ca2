"""X12 messages nobody sent, and the profiles to read them with."""

from pathlib import Path

import msgspec

from app.authoring.files.partner_files import read_partners
from app.evidence.facts.fact import identified
from app.evidence.intake.profile import Profile, Profiles
from app.evidence.intake.read import read
from app.evidence.intake.received import Received

ROOT = Path(__file__).parents[4]
PROFILES = read_partners(ROOT / "rules" / "partners")

FORMATS = ROOT / "tests" / "cases" / "formats" / "x12"
"""Whole messages, one file for each set."""

DELIVERED = (
    "B10*PRO77*SHIP-1*ACME",
    "L11*BOL9*BM",
    "N1*CN*DOCK 4*93*77",
    "N3*1 MAIN ST",
    "N4*MADISON*WI*53703*US",
    "LX*1",
    "AT7*D1*NS***20260310*0930*LT",
    "MS1*MADISON*WI*US",
    "AT8*G*L*1200",
)

BILLED = (
    "B3**INV-5*SHIP-1*PP**20260312*12500****ACME",
    "N1*SH*MILL",
    "N4*DAYTON*OH*45402",
    "N1*CN*DOCK 4",
    "N4*MADISON*WI*53703",
    "LX*1",
    "L5*1*PAPER",
    "L1*1*1*FR*15000",
    "LX*2",
    "L1*2***-2500****DSC",
    "L3*1200*G***12500******2*L",
)

SHIPPED = (
    "W06*F*ORD-1*20260309*WS-1**PO-1",
    "N9*BM*BOL9",
    "G62*11*20260309",
    "LX*1",
    "W12*CP*10*8*2*CT**VN*ITEM-1",
    "W03*8*400*LB",
)

TENDERED = (
    "B2**ACME**SHIP-1**PP",
    "B2A*00*LT",
    "L11*PO-1*PO",
    "N1*BT*BUYER*93*B-7",
    "S5*1*CL*1200*L*2*PLT",
    "G62*37*20260309*I*0800",
    "G62*38*20260309*K*1200",
    "AT8*G*L*1200.0",
    "N1*SF*MILL",
    "N4*COLUMBUS*OH*43004*USA",
    "S5*2*CU",
    "L11*ORD-1*OQ",
    "G62*70*20260310*X*0930",
    "N1*ST*DOCK 4",
    "N4*MADISON*WI*53703*US",
    "L3*1200*G***12500******2*L",
)

ISA_BEGINS = "ISA*00*          *00*          *ZZ*"

ANSWERED = ("B1*ACME*SHIP-1*20260308*A",)


def interchange(
    *sets: tuple[str, tuple[str, ...]],
    end: str = "~",
    layout: str = "\n",
    sender: str = "ACME",
    wrong_count: bool = False,
) -> bytes:
    """One interchange of one group with a transaction for each set and its segments."""
    segments = [
        f"{ISA_BEGINS}{sender:<15}*ZZ*TOLLGATE       *260311*1015*U*00401*000000007*0*P*>",
        f"GS*XX*{sender}*TOLLGATE*20260311*1015*7*X*004010",
    ]
    for number, (kind, body) in enumerate(sets, start=1):
        count = len(body) + 2 + (5 if wrong_count else 0)
        segments += [f"ST*{kind}*{number:04}", *body, f"SE*{count}*{number:04}"]
    segments += [f"GE*{len(sets)}*7", "IEA*1*000000007"]
    return (end + layout).join(segments).encode() + (end + layout).encode()


def read_one(raw: bytes, profiles: Profiles = PROFILES) -> Received:
    """The only transaction in the bytes."""
    (received,) = read_all(raw, profiles)
    return received


def read_all(raw: bytes, profiles: Profiles = PROFILES) -> tuple[Received, ...]:
    """Everything in the bytes."""
    return read(raw, "made-up.edi", profiles, "tenant", "tester")


def standard_with(**changes: object) -> Profiles:
    """The standard profile changed, as the only one."""
    profile: Profile = msgspec.structs.replace(PROFILES.standard, **changes)
    return Profiles(standard=profile)


def codes(received: Received) -> list[str]:
    """The faults by their code."""
    return [fault.code for fault in received.faults]


def one(kind: str, body: tuple[str, ...], old: str = "", new: str = "") -> Received:
    """The only transaction of a set with these segments, one text in them changed."""
    assert not old or any(old in each for each in body)
    return read_one(interchange((kind, tuple(each.replace(old, new) for each in body))))


def sample(name: str) -> str:
    """One of the messages in `FORMATS`."""
    return (FORMATS / name).read_text("utf-8")


def changed_sample(name: str, old: str, new: str) -> bytes:
    """The same with one text in it changed, which must be there."""
    assert old in sample(name)
    return sample(name).replace(old, new).encode()


def bent(raw: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """The bytes changed at places: each change says where, how many go, and what comes instead."""
    for position, length, put in changes:
        at = position % (len(raw) + 1)
        raw = raw[:at] + put + raw[at + length :]
    return raw


def assert_soundly_read(raw: bytes) -> None:
    """Reading never raises, never reads by half, never varies, and gives whole facts."""
    found = read_all(raw)
    assert found
    assert found == read_all(raw)
    for received in found:
        assert received.refused != bool(received.facts)
        for fact in received.facts:
            assert fact == identified(fact)
            assert fact.occurred_at.utcoffset() is not None
