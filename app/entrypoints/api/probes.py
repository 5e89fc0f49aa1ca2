"""Two questions of whoever runs the process: is it alive, and can it work?"""

from collections.abc import Callable

from litestar import Response, get
from litestar.di import NamedDependency

from app import telemetry
from app.digest import canonical
from app.entrypoints.api.documentation import METRICS, PROBED, Documented, Probed, problems
from app.entrypoints.api.door import OPEN
from app.entrypoints.watched_metrics import watched_metrics
from app.errors import DeploymentError, Mistake, Place
from app.judgement.rulebook.key import NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from app.operations.changing.editions_in_force import (
    authority_in_force,
    editions_for,
    profiles_in_force,
)
from app.operations.house import House

_NO_RULES = RulePack(name="probe", rules=(), glossary=(), holds=())
_NOTHING_SEEN = View(unit={}, items=())


@get(
    "/health",
    sync_to_thread=False,
    opt=OPEN,
    operation_id="isAlive",
    operation_class=Documented,
    summary="Whether the process is alive; needs no key",
    tags=["probes"],
    responses={200: PROBED},
)
def is_alive() -> Response[bytes]:
    """It is, or it could not say so."""
    return Response(canonical(Probed(status="alive")), media_type="application/json")


@get(
    "/ready",
    sync_to_thread=True,
    operation_id="isReady",
    operation_class=Documented,
    summary="Whether it can work: database current, editions in force, engine answers",
    tags=["probes"],
    responses={200: PROBED, **problems(503)},
)
def is_ready(house: NamedDependency[House]) -> Response[bytes]:
    """Ready, or everything that is not."""
    checks = {"database": _database, "editions": _editions, "engine": _engine}
    mistakes = [
        Mistake(place=Place(field=name), what=what)
        for name, check in checks.items()
        if (what := _failing(check, house))
    ]
    if mistakes:
        raise DeploymentError("it cannot work yet", mistakes)
    ready = Probed(status="ready", drafts_refused=house.drafts.refused)
    return Response(canonical(ready), media_type="application/json")


@get(
    "/metrics",
    sync_to_thread=True,
    operation_id="readMetrics",
    operation_class=Documented,
    summary="What this process has counted and what is stored waits for, for Prometheus",
    tags=["probes"],
    responses={200: METRICS, **problems()},
)
def metrics(house: NamedDependency[House]) -> Response[bytes]:
    """Counters of this process since it began, and gauges over everything stored."""
    return Response(telemetry.told(watched_metrics(house)), media_type=telemetry.MEDIA)


def _failing(check: Callable[[House], None], house: House) -> str:
    """What a check says is wrong; a driver's own words may name hosts and users."""
    try:
        check(house)
    except DeploymentError as error:
        return "it does not answer" if error.__cause__ else str(error.args[0])
    return ""


def _database(house: House) -> None:
    house.database.check_current()


def _editions(house: House) -> None:
    with house.database.reading(house.tenant) as store:
        profiles_in_force(store)
        authority, _ = authority_in_force(store, None)
        editions_for(store, "", authority, None)


def _engine(house: House) -> None:
    answer = house.first_key.judge(_NO_RULES, _NOTHING_SEEN)
    if isinstance(answer, NoAnswer):
        raise DeploymentError(f"no answer to a question without rules: {answer.why}")
