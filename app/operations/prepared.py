"""Everything that is read from stored bytes, made known to msgspec before threads begin.

msgspec 0.22 works out what a struct holds when one is first decoded, and shows it to other threads
half done: two that decode the first of a kind at once end the whole process (a null pointer). On
import there is one thread, so it is worked out here.
"""

import msgspec

from app.billing.destination import Destinations
from app.billing.events import BODIES
from app.dossier import Dossier
from app.evidence.correlation.authority import Authority
from app.evidence.intake.profile import Profiles
from app.judgement.decision import Decision
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.trace import Trace
from app.pricing.contract.contract import Contract
from app.pricing.rating.card import RateCard
from app.reports.forecast.clear_times import ClearTimes
from app.reports.standing.standing import BilledInvoice, Permitted, Spell, Standing
from app.reports.unit.decision_diff import TraceHead
from app.reports.work.board import Board

READ = (
    Decision,
    Trace,
    Dossier,
    Answer | NoAnswer,
    RulePack,
    Authority,
    RateCard,
    Contract,
    Profiles,
    Destinations,
    Board,
    ClearTimes,
    Standing,
    Spell,
    BilledInvoice,
    Permitted,
    *BODIES.values(),
    TraceHead,
)

PREPARED = tuple(msgspec.json.Decoder(each) for each in READ)
