"""What the OpenAPI document says beside what the code says itself.

Bodies are read strictly by hand, so Litestar does not see their shape: it is told here, with
examples that the tests send to the very API.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import (
    Components,
    Example,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
    SecurityScheme,
)

from app import telemetry
from app.entrypoints.api.asking import JSON_MEDIA, X12_MEDIA
from app.entrypoints.api.correlated import HEADER as CORRELATION_HEADER
from app.entrypoints.api.examples import (
    at_risk,
    charge_decisions,
    events,
    families,
    flows,
    known_disputes,
    known_feeds,
    parameters,
    quarantined,
    releases,
    sendings,
    sent,
    shipments,
    wrong,
)
from app.entrypoints.api.problems import KIND_OF, PROBLEM_MEDIA, Problem
from app.explanation.at_risk import ValueAtRisk
from app.explanation.unlock.answer import Unlocking
from app.infrastructure.storage.rows import KnownSending, Release
from app.judgement.decision import Decision
from app.judgement.trace import Trace
from app.operations.looking.disputes import DisputesShown
from app.operations.looking.family import FamilyKnown
from app.operations.looking.feeds import FeedsKnown
from app.operations.looking.flows import UnitFlows
from app.operations.looking.look_up import UnitKnown
from app.operations.looking.look_up_release import ReleaseKnown
from app.operations.receiving.mend_message import Mend
from app.operations.receiving.quarantine import Aside, AsideShown
from app.operations.receiving.record_messages import Receipt
from app.operations.sending.known_sendings import SendingsKnown


class Probed(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of a process that is well."""

    status: str
    drafts_refused: str = ""
    """Why the drafts on disk are not in force; it works on with the last good ones."""


class AsideList(msgspec.Struct, frozen=True):
    """Messages that wait to be mended, the last one first."""

    messages: tuple[Aside, ...]


@dataclass
class Shown(Example):
    """An example with its nulls, which Litestar would leave out."""

    def to_schema(self) -> dict[str, Any]:
        """The value as it is."""
        return {"value": self.value}


def _answer(kind: type[Any], what: str, example: object) -> ResponseSpec:
    return ResponseSpec(
        kind,
        description=what,
        generate_examples=False,
        examples=[Shown(id="typical", value=example)],
    )


RECEIPT = _answer(Receipt, "What became of each message; committed", events.RECEIPT)
KEPT_RECEIPT = _answer(Receipt, "Kept; what is refused waits for a person", events.KEPT_RECEIPT)
CLAIM_HEADER = "Release-Token"
DECISION = _answer(
    Decision,
    f"The decision, in its canonical bytes; with `{CLAIM_HEADER}` where it may be claimed",
    charge_decisions.DECISION,
)
TRACE = _answer(Trace, "Everything the decision saw", charge_decisions.TRACE)
UNLOCKING = _answer(Unlocking, "Sets of facts, or what they need", charge_decisions.UNLOCKING)
RELEASE = _answer(Release, "The unit's one release", releases.RELEASE)
RELEASE_KNOWN = _answer(
    ReleaseKnown, "The release, and what became of its invoice", releases.RELEASE_KNOWN
)
FLOWS = _answer(UnitFlows, "Step by step: done by what, or waiting", flows.FLOWS)
FAMILY = _answer(FamilyKnown, "Its documents and their balance", families.FAMILY)
AT_RISK = _answer(ValueAtRisk, "By date, and what has none", at_risk.AT_RISK)
UNIT = _answer(UnitKnown, "Facts, current decision and release", shipments.UNIT)
ASIDES = _answer(AsideList, "What waits to be mended", quarantined.ASIDES)
ASIDE = _answer(AsideShown, "One of them, with its bytes", quarantined.ASIDE)
MENDED = _answer(Mend, "It is mended; committed", quarantined.MENDED)
SENDINGS = _answer(SendingsKnown, "Destinations and sendings", sendings.SENDINGS)
SENDING = _answer(KnownSending, "It waits again", sendings.SENDING)
FEEDS = _answer(FeedsKnown, "Feeds, and what was found about them", known_feeds.FEEDS)
DISPUTES = _answer(DisputesShown, "Disputes, and what they come to", known_disputes.DISPUTES)
ACKNOWLEDGEMENT = ResponseSpec(
    str,
    description="The 997, from ISA to IEA",
    media_type=X12_MEDIA[0],
    generate_examples=False,
    examples=[Shown(id="typical", value=events.ACKNOWLEDGEMENT)],
)
METRICS = ResponseSpec(
    str,
    description="Prometheus's text",
    media_type=telemetry.MEDIA,
    generate_examples=False,
    examples=[Shown(id="typical", value='tollgate_engine_alarms_total{hold="ENGINE_FAILED"} 0.0')],
)
PROBED = _answer(Probed, "It is well", {"status": "alive"})

_WHEN = {
    400: "The request cannot be read",
    401: "Keys are configured and none is sent, or a signature is missing, wrong or old",
    403: "No keys are configured, and a page in a browser asks, or somebody by another's name",
    404: "There is no such unit, decision, feed or path",
    409: "It contradicts what was recorded before, or a number means several units",
    429: "Too many of this sender's messages are being read; `Retry-After` says when to come again",
    413: "The body is larger than this installation accepts",
    415: "The body is of a media type that is not read here",
    422: "Something in the body is wrong; `mistakes` says where, and nothing counts as fact",
    500: "A fault on our side; the log tells more under `incident`",
    503: "Database, editions or engine are not available; the same may be asked again later",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """How these errors are answered, and those that can happen anywhere."""
    return {
        status: ResponseSpec(
            Problem,
            description=_WHEN[status],
            media_type=PROBLEM_MEDIA,
            generate_examples=False,
            examples=[_problem_example(status)],
        )
        for status in sorted({*statuses, 400, 401, 403, 500})
    }


def _problem_example(status: int) -> Shown:
    kind = next(kind for kind in KIND_OF.values() if kind.status == status)
    value: dict[str, object] = {
        "type": f"urn:tollgate:problem:{kind.name}",
        "title": kind.title,
        "status": status,
        "detail": _WHEN[status],
        "instance": "/v1/events",
    }
    if status == KIND_OF[Exception].status:
        value["incident"] = "4711-1"
    return Shown(id=kind.name, value=value | wrong.WRONG.get(status, {}))


@dataclass
class Documented(Operation):
    """An operation with the body it reads by hand, and an example for each path parameter."""

    def __post_init__(self) -> None:
        """Add what Litestar cannot see."""
        self.request_body = BODIES.get(self.operation_id or "")
        if self.operation_id in ANSWERED_IN_X12:
            for status in {"200", "202"} & set(self.responses or {}):
                self._answered_in_x12(status)
        self.parameters = [*(self.parameters or ()), _correlation()]
        for parameter in self.parameters:
            assert isinstance(parameter, Parameter), "path parameters are written out"
            value = parameters.PARAMETERS[parameter.name]
            parameter.examples = {"typical": Example(value=value)}

    def _answered_in_x12(self, status: str) -> None:
        """Beside the receipt, the 997 by which whoever asks for X12 is answered."""
        answer = (self.responses or {})[status]
        assert isinstance(answer, OpenAPIResponse), "answers are written out"
        shown = _media(X12_SCHEMA, events.ACKNOWLEDGEMENT)
        answer.content = {**(answer.content or {}), X12_MEDIA[0]: shown}


def _correlation() -> Parameter:
    return Parameter(
        name=CORRELATION_HEADER,
        param_in="header",
        required=False,
        description="The affair it belongs to; the answer repeats it, or tells the one made for it",
        schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=100),
    )


EVENT_SCHEMA = Schema(
    title="CloudEvent",
    description="A CloudEvents 1.0 event in structured mode; unknown keys in `data` are errors.",
    type=OpenAPIType.OBJECT,
    required=["specversion", "id", "source", "type", "time", "data"],
    properties={
        "specversion": Schema(const="1.0"),
        "id": Schema(type=OpenAPIType.STRING, min_length=1, max_length=200),
        "source": Schema(type=OpenAPIType.STRING, pattern="^/[a-z][a-z0-9_]*/[^/\\s]+$"),
        "type": Schema(type=OpenAPIType.STRING, pattern="^tollgate\\.fact\\.[a-z_]+\\.v1$"),
        "time": Schema(type=OpenAPIType.STRING, description="A moment with its offset"),
        "datacontenttype": Schema(const="application/json"),
        "data": Schema(
            type=OpenAPIType.OBJECT,
            required=["classifier", "occurred_at"],
            description="`classifier`, `occurred_at` and the attributes under the entity's name",
        ),
    },
)
BATCH_SCHEMA = Schema(type=OpenAPIType.ARRAY, items=EVENT_SCHEMA, min_items=1)
X12_SCHEMA = Schema(type=OpenAPIType.STRING, description="An interchange, from ISA to IEA")
QUESTION_SCHEMA = Schema(
    title="Question",
    type=OpenAPIType.OBJECT,
    required=["reference"],
    additional_properties=False,
    properties={
        "reference": Schema(
            type=OpenAPIType.STRING,
            min_length=1,
            max_length=200,
            description="Any number the unit goes by: shipment, order, BOL, PRO",
        ),
        "known_at": Schema(
            type=[OpenAPIType.STRING, OpenAPIType.NULL],
            description="What would have been decided at this moment; needs its offset",
        ),
    },
)

RETRY_SCHEMA = Schema(
    title="Retry",
    type=OpenAPIType.OBJECT,
    required=["because"],
    additional_properties=False,
    properties={
        "because": Schema(
            type=OpenAPIType.STRING, min_length=1, max_length=500, description="Kept with it"
        )
    },
)
CLAIM_SCHEMA = Schema(
    title="Claim",
    type=OpenAPIType.OBJECT,
    required=["token"],
    additional_properties=False,
    properties={
        "token": Schema(
            type=OpenAPIType.STRING,
            pattern="^[0-9a-f]{64}\\.[0-9a-f]{32}$",
            description="As it came with the decision: in its header, its event, or its unit",
        )
    },
)
_NAME = Schema(type=OpenAPIType.STRING, min_length=1, max_length=100)
INVOICE_SCHEMA = Schema(
    title="InvoiceNumber",
    type=OpenAPIType.OBJECT,
    required=["number", "system"],
    additional_properties=False,
    properties={"number": _NAME, "system": _NAME},
    description="What the billing system calls the invoice, and which system it is",
)


def _media(schema: Schema, example: object) -> OpenAPIMediaType:
    return OpenAPIMediaType(schema=schema, examples={"typical": Shown(value=example)})


ANY_MEDIA = "application/octet-stream"
"""What a partner's own format is sent as."""
BYTES_SCHEMA = Schema(type=OpenAPIType.STRING, description="As the partner would send it")
ANSWERED_IN_X12 = ("recordEvents", "recordFromFeed")
BODIES = {
    "recordEvents": RequestBody(
        required=True,
        content={
            JSON_MEDIA[0]: _media(EVENT_SCHEMA, sent.EVENTS[0]),
            JSON_MEDIA[1]: _media(BATCH_SCHEMA, sent.EVENTS),
            JSON_MEDIA[2]: _media(Schema(one_of=[EVENT_SCHEMA, BATCH_SCHEMA]), sent.EVENTS),
            **{media: _media(X12_SCHEMA, sent.X12) for media in X12_MEDIA},
        },
    ),
    "recordFromFeed": RequestBody(
        required=True,
        content={
            JSON_MEDIA[2]: _media(BATCH_SCHEMA, sent.EVENTS),
            X12_MEDIA[0]: _media(X12_SCHEMA, sent.X12),
            "text/csv": _media(
                Schema(type=OpenAPIType.STRING, description="Or any format that the feed declares"),
                "shipment,delivered_at\nSHIP-1,2026-03-04T11:00:00-05:00\n",
            ),
        },
    ),
    "mendMessage": RequestBody(
        required=True,
        content={
            X12_MEDIA[0]: _media(X12_SCHEMA, sent.X12),
            ANY_MEDIA: _media(BYTES_SCHEMA, sent.X12),
        },
    ),
    "decideCharge": RequestBody(
        required=True,
        content={JSON_MEDIA[2]: _media(QUESTION_SCHEMA, sent.QUESTION)},
    ),
    "retrySending": RequestBody(
        required=True,
        content={JSON_MEDIA[2]: _media(RETRY_SCHEMA, sent.RETRY)},
    ),
    "claimByToken": RequestBody(
        required=True,
        content={JSON_MEDIA[2]: _media(CLAIM_SCHEMA, sent.CLAIM)},
    ),
    "recordInvoice": RequestBody(
        required=True,
        content={JSON_MEDIA[2]: _media(INVOICE_SCHEMA, sent.INVOICE)},
    ),
}


def openapi_config(version: str, router: Router) -> OpenAPIConfig:
    """The document at /schema, as JSON and YAML; pages would load scripts from elsewhere."""
    return OpenAPIConfig(
        title="tollgate",
        version=version,
        description="Billing readiness in logistics: may this invoice go out, and why.",
        openapi_router=router,
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"]), YamlRenderPlugin()],
        components=Components(
            security_schemes={
                "key": SecurityScheme(
                    type="http",
                    scheme="bearer",
                    description="Needed where keys are configured, except at /health",
                )
            }
        ),
        security=[{"key": []}, {}],
    )
