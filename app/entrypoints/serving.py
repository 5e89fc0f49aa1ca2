"""Puts the application together, API and console, and listens until told to stop."""

import signal
import sys
from contextlib import nullcontext
from functools import partial
from http import HTTPStatus
from importlib.metadata import version
from types import FrameType
from typing import Any

import uvicorn
from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import (
    MethodNotAllowedException,
    NotAuthorizedException,
    NotFoundException,
    PermissionDeniedException,
)

from app.entrypoints.all_work import all_work
from app.entrypoints.api.acknowledged import read_acknowledgement
from app.entrypoints.api.admission import Admission
from app.entrypoints.api.at_risk import read_value_at_risk
from app.entrypoints.api.charge_decisions import (
    decide_charge,
    read_decision,
    read_trace,
    release_charge,
    unlock,
)
from app.entrypoints.api.correlated import Correlated, affairs
from app.entrypoints.api.documentation import openapi_config
from app.entrypoints.api.door import Door, refuse_open_door
from app.entrypoints.api.events import record_events
from app.entrypoints.api.families import read_family
from app.entrypoints.api.feed_door import FeedDoor
from app.entrypoints.api.feeds import record_from_feed
from app.entrypoints.api.flows import read_flows
from app.entrypoints.api.known_disputes import list_disputes
from app.entrypoints.api.known_feeds import list_feeds
from app.entrypoints.api.probes import is_alive, is_ready, metrics
from app.entrypoints.api.problems import problem_response
from app.entrypoints.api.quarantined import (
    list_quarantine,
    mend_quarantined,
    show_quarantined,
)
from app.entrypoints.api.releases import claim_by_its_token, put_invoice, read_release
from app.entrypoints.api.sendings import list_sendings, retry_one
from app.entrypoints.api.shipments import look_up_shipment
from app.entrypoints.console.identity import Identity
from app.entrypoints.console.shell import Shell
from app.entrypoints.drafts import bring_into_force
from app.entrypoints.exported_traces import exported_traces
from app.errors import ForbiddenError
from app.main import open_house
from app.operations.house import House
from app.settings import Settings
from app.telemetry.logs import log_to_stderr

ROUTES = (
    record_events,
    record_from_feed,
    read_acknowledgement,
    decide_charge,
    read_decision,
    read_trace,
    unlock,
    release_charge,
    claim_by_its_token,
    read_release,
    put_invoice,
    look_up_shipment,
    list_quarantine,
    show_quarantined,
    mend_quarantined,
    list_sendings,
    retry_one,
    read_flows,
    read_family,
    read_value_at_risk,
    list_feeds,
    list_disputes,
    is_alive,
    is_ready,
    metrics,
)
HANDED_ON_AFTER_S = 0.001
FINISHES_WITHIN_S = 10
"""How long a request that is being answered may take once the process is told to stop."""


def create_app(house: House, settings: Settings) -> Litestar:
    """The application over an open house, which whoever opened it closes.

    Raises:
        DeploymentError: the configured keys cannot be read.
    """
    door = Door(house, settings)
    feed_door = FeedDoor(door, house, settings)
    shell = Shell(door, Identity(door, settings, house.now), house)
    app = Correlated(
        route_handlers=(*ROUTES, shell.router()),
        guards=[door.let_in],
        dependencies={
            "house": Provide(door.house_for, sync_to_thread=False),
            "feed_door": Provide(lambda: feed_door, sync_to_thread=False),
        },
        exception_handlers={Exception: partial(_told, door, shell)},
        request_max_body_size=settings.max_body_bytes,
        openapi_config=openapi_config(
            version("tollgate"),
            Router("/schema", route_handlers=(), include_in_schema=False, after_request=_found),
        ),
        # Litestar's own would log what callers did wrong; incidents are logged by problems.py.
        logging_config=None,
        debug=False,
    )
    app.affairs = affairs()
    app.admission = Admission()
    return app


def serve_forever(settings: Settings, host: str, port: int, *, work: bool = True) -> None:
    """Listen until SIGTERM or SIGINT; then finish what was begun and close everything.

    Args:
        settings: where everything is.
        host: which address to listen on.
        port: which port.
        work: whether to decide what is due meanwhile, or to leave it to other processes.

    Raises:
        DeploymentError: the host is open to the network and no keys are configured, or the
            database cannot be used.
    """
    refuse_open_door(settings, host)
    # uvicorn hands the signal on when it has finished; unhandled it would end the process
    # before engine and database are closed.
    signal.signal(signal.SIGTERM, _leave)
    log_to_stderr(settings.log)
    # Threads that wait for a database hand the interpreter on at every answer: with Python's own
    # five milliseconds for each, one busy sender would slow all others down.
    sys.setswitchinterval(HANDED_ON_AFTER_S)
    with exported_traces(settings), open_house(settings) as house:
        bring_into_force(settings, house)
        config = uvicorn.Config(
            create_app(house, settings),
            host=host,
            port=port,
            access_log=False,
            log_config=None,  # ours names the affair in every line
            server_header=False,
            timeout_graceful_shutdown=FINISHES_WITHIN_S,
        )
        with all_work(settings, house) if work else nullcontext():
            uvicorn.Server(config).run()


def _told(
    door: Door, shell: Shell, request: Request[Any, Any, Any], error: Exception
) -> Response[bytes]:
    """The error as a problem or a page; guards do not stand before paths that are not there."""
    if shell.answers(request):
        return shell.told(request, error)
    if isinstance(error, NotFoundException | MethodNotAllowedException):
        try:
            door.actor_of(request)
        except (ForbiddenError, NotAuthorizedException, PermissionDeniedException) as refused:
            error = refused
    return problem_response(request, error)


def _found(response: Response[Any]) -> Response[Any]:
    """Litestar answers an unknown path below /schema with a page; here it is a problem."""
    if response.status_code == HTTPStatus.NOT_FOUND:
        raise NotFoundException
    return response


def _leave(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise SystemExit(0)
