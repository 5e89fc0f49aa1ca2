"""R4 loops: the ports, terminals and ramps of a move, and what is dated there."""

from collections.abc import Sequence

from app.evidence.facts.party import Place
from app.evidence.intake.enveloped.loops import split_at
from app.evidence.intake.x12.parties import country_of
from app.evidence.intake.x12.segments import Segment

HERE = "5"
"""R4-01, the location of the activity."""
DELIVERY = "E"
"""R4-01, the place of delivery."""
TERMINAL = 6


def port_loop(segments: Sequence[Segment], function: str) -> Sequence[Segment]:
    """The R4 of this function (element 115) and what belongs to it; empty where none is."""
    _, loops = split_at("R4", segments)
    return next((loop for loop in loops if loop[0].at(1) == function), ())


def port_of(loop: Sequence[Segment]) -> Place | None:
    """The place that an R4 names: terminal, port, state and country."""
    if not loop or not any(loop[0].at(at) for at in (4, 5, TERMINAL, 8)):
        return None
    r4 = loop[0]
    return Place(name=r4.at(TERMINAL), city=r4.at(4), region=r4.at(8), country=country_of(r4.at(5)))
