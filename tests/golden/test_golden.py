"""What was decided once is decided the same for good, to the byte.

If one of these fails, the meaning of something has changed for decisions that were already
taken. Give the new meaning a new name (`deficit_weight_2`) and leave the old one as it was.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.decide import conclude, prepare
from app.digest import canonical, digest
from app.dossier import Dossier, Editions
from app.evidence.correlation.authority import Authority
from app.infrastructure.engine.pool import EnginePool
from app.judgement.decision import Decision
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.pricing.contract.contract import Contract
from app.pricing.rating.card import RateCard
from tests.golden.keep import EDITIONS, FOLDER

KEPT = sorted(path.parent for path in FOLDER.glob("*/dossier.json"))


@pytest.fixture(scope="module")
def engine() -> Iterator[EnginePool]:
    with EnginePool(time_limit_s=10.0) as pool:
        yield pool


def edition(of: str) -> bytes:
    body = (EDITIONS / f"{of}.json").read_bytes()
    assert digest(body) == of
    return body


def editions_of(dossier: Dossier) -> Editions:
    used = dossier.editions
    decode = msgspec.json.decode
    return Editions(
        rules=decode(edition(used.rules), type=RulePack),
        authority=decode(edition(used.authority), type=Authority),
        card=decode(edition(used.card), type=RateCard) if used.card else None,
        contract=decode(edition(used.contract), type=Contract) if used.contract else None,
    )


@pytest.mark.parametrize("folder", KEPT, ids=[folder.name for folder in KEPT])
def test_a_kept_decision_keeps_its_bytes(folder: Path, engine: EnginePool) -> None:
    body = (folder / "dossier.json").read_bytes()
    dossier = msgspec.json.decode(body, type=Dossier)
    assert canonical(dossier) == body
    question = prepare(dossier, editions_of(dossier))
    kept = (folder / "decision.json").read_bytes()
    agreed = msgspec.json.decode(kept, type=Decision).decision_id == dossier.digest
    answers = (folder / "answers.json").read_bytes()
    first: Answer | NoAnswer = (
        engine.judge(question.pack, question.view)
        if agreed
        else msgspec.json.decode(answers, type=Answer | NoAnswer)
    )
    concluded = conclude(question, first)
    assert canonical(concluded.decision) == kept
    assert canonical(concluded.trace) == (folder / "trace.json").read_bytes()


def test_every_verdict_is_kept_at_least_once() -> None:
    verdicts = {
        msgspec.json.decode((folder / "decision.json").read_bytes(), type=Decision).verdict.value
        for folder in KEPT
    }
    assert verdicts == {"release", "provisional", "hold", "no_bill"}


def test_every_edition_kept_is_used() -> None:
    used: set[str] = set()
    for folder in KEPT:
        dossier = msgspec.json.decode((folder / "dossier.json").read_bytes(), type=Dossier)
        used |= set(msgspec.to_builtins(dossier.editions).values())
    assert {path.stem for path in EDITIONS.glob("*.json")} == used
