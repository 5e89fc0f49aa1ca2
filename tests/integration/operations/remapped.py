"""A partner whose maps are mended while a test runs, and X12 of its own."""

from typing import Any

import msgspec

from app.evidence.intake.profile import CodeMap, Profile
from app.operations.changing.accept_editions import accept_editions
from app.operations.house import House
from app.operations.receiving.record_messages import Receipt, record_messages
from tests.integration.operations.conftest import drafts

SENDER = "BENDR"
STATUS = "1650"


def status(code: str = "D1", *, number: int = 1, shipment: str = "SHP-77") -> list[str]:
    """A 214 in which the partner reports one status of a shipment."""
    return [
        f"ST*214*{number:04}",
        f"B10*{shipment}*{shipment}*{SENDER}",
        "LX*1",
        f"AT7*{code}*NS***20260302*0815*LT",
        "MS1*ATLANTA*GA*US",
        f"SE*6*{number:04}",
    ]


def interchange(*sets: list[str], number: int = 1) -> bytes:
    """The transactions in one envelope."""
    lines = [
        (
            "ISA*00*          *00*          *02*BENDR          *ZZ*TOLLGATE       "
            f"*260302*0900*U*00401*{number:09}*0*P*>"
        ),
        f"GS*QM*{SENDER}*TOLLGATE*20260302*0900*{number}*X*004010",
        *(line for each in sets for line in each),
        f"GE*{len(sets)}*{number}",
        f"IEA*1*{number:09}",
    ]
    return "".join(f"{line}~\n" for line in lines).encode()


def maps_say(house: House, words: dict[str, str] | None = None, **changes: Any) -> Profile:
    """Bring a profile of the partner into force: the standard one, with these words and changes."""
    profiles = drafts().profiles
    known = profiles.standard.codes[STATUS]
    version = f"{known.version} with {len(words or {})} more"
    mended = CodeMap(version=version, words={**known.words, **(words or {})})
    partner = msgspec.structs.replace(
        profiles.standard,
        name="bender",
        senders=(SENDER,),
        codes={**profiles.standard.codes, STATUS: mended},
        **changes,
    )
    changed = msgspec.structs.replace(profiles, partners=(partner,))
    accept_editions(house, msgspec.structs.replace(drafts(), profiles=changed))
    return partner


def receive(house: House, raw: bytes, name: str = "status.edi") -> Receipt:
    """The partner's bytes, as a folder or request hands them in."""
    return record_messages(house, raw, name, media="application/edi-x12")
