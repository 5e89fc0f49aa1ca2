"""The AsyncAPI 3.0 document of every event that goes out and every fact that comes in.

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0. It is made from the structs
themselves, so that it cannot say anything else than the code; `tollgate asyncapi` writes it.

Out, an event has two forms: whole in the body (webhooks and files), or its data in the body and its
attributes in headers (brokers). Both are CloudEvents 1.0.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from app.billing.events import BODIES
from app.evidence.intake.canonical import ENTITIES, LONGEST_NAME, Circumstances
from app.infrastructure.sending.webhook import MEDIA

JSON = "application/json"
_SCHEMAS = "#/components/schemas/"
_Document = dict[str, Any]
_TEXT: _Document = {"type": "string"}
_MOMENT: _Document = {"type": "string", "format": "date-time"}
_ATTRIBUTES: Mapping[str, _Document] = {
    "specversion": {"const": "1.0"},
    "id": {**_TEXT, "description": "The same event always has the same: by it a repeat is known"},
    "source": {**_TEXT, "description": "`/tollgate/TENANT`"},
    "type": _TEXT,
    "subject": {**_TEXT, "description": "The unit, feed or message it is about"},
    "time": _MOMENT,
    "correlationid": {**_TEXT, "description": "The whole affair, from the first message on"},
}


def asyncapi_document(version: str) -> _Document:
    """The document, as JSON values.

    Args:
        version: the product's.
    """
    structs = _structs()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "tollgate",
            "version": version,
            "description": (
                "Billing readiness in logistics: facts come in, decisions and releases go out. "
                "Everything may arrive twice, under the same id. What is about one subject "
                "arrives in order, but what a person has had sent again."
            ),
        },
        "defaultContentType": JSON,
        "channels": {
            "facts": _facts_channel(),
            "webhook": _webhook_channel(),
            **{_word(event): _broker_channel(event) for event in BODIES},
        },
        "operations": {
            "receiveFacts": _operation("receive", "facts", map(_fact_name, ENTITIES)),
            "sendToWebhook": _operation("send", "webhook", BODIES),
            **{
                f"send{_word(event)[0].upper()}{_word(event)[1:]}": _operation(
                    "send", _word(event), [_in_headers(event)]
                )
                for event in BODIES
            },
        },
        "components": {
            "messages": {**_messages_out(), **_messages_in(structs.pop("Circumstances"))},
            "correlationIds": {
                "inBody": {"location": "$message.payload#/correlationid"},
                "inHeader": {"location": "$message.header#/X-Correlation-Id"},
            },
            "schemas": {**structs, "CloudEventHeaders": _headers()},
        },
    }


def _facts_channel() -> _Document:
    return {
        "address": "tollgate.in.{partner}.{feed}",
        "title": "Facts",
        "description": (
            "What systems say, over a broker; over HTTP the same bodies are posted to /v1/events, "
            "one or an array of them. A feed that is configured for X12, EDIFACT, CSV or "
            "somebody's own JSON takes that instead."
        ),
        "parameters": {
            "partner": {"description": "Who sends, by the folder under rules/partners"},
            "feed": {"description": "Which of its feeds, by its name in feeds.yaml"},
        },
        "messages": _named(map(_fact_name, ENTITIES)),
    }


def _webhook_channel() -> _Document:
    return {
        "address": None,
        "title": "Webhooks and files",
        "description": (
            "Posted to the URL, or laid into the folder, of each destination that hears the event. "
            "Webhooks are signed as Standard Webhooks; `webhook-id` is the event's id."
        ),
        "messages": _named(BODIES),
    }


def _broker_channel(event: str) -> _Document:
    return {
        "address": f"tollgate.out.{event}",
        "title": event,
        "messages": _named([_in_headers(event)]),
    }


def _operation(action: str, channel: str, messages: Iterable[str]) -> _Document:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"} for name in messages],
    }


def _named(messages: Iterable[str]) -> _Document:
    return {name: {"$ref": f"#/components/messages/{name}"} for name in messages}


def _messages_out() -> _Document:
    found: _Document = {}
    for event, struct in BODIES.items():
        data = {"$ref": _SCHEMAS + struct.__name__}
        said = {"title": event, "summary": _first_line(struct)}
        found[event] = {
            **said,
            "name": event,
            "contentType": MEDIA,
            "correlationId": {"$ref": "#/components/correlationIds/inBody"},
            "payload": _event({**_ATTRIBUTES, "type": {"const": event}}, data),
        }
        found[_in_headers(event)] = {
            **said,
            "name": event,
            "contentType": JSON,
            "correlationId": {"$ref": "#/components/correlationIds/inHeader"},
            "headers": {"$ref": _SCHEMAS + "CloudEventHeaders"},
            "payload": data,
        }
    return found


def _messages_in(circumstances: _Document) -> _Document:
    return {
        _fact_name(entity): {
            "name": _fact_name(entity),
            "title": entity,
            "summary": _first_line(struct),
            "contentType": MEDIA,
            "payload": _fact(entity, struct, circumstances),
        }
        for entity, struct in ENTITIES.items()
    }


def _fact(entity: str, struct: type[msgspec.Struct], circumstances: _Document) -> _Document:
    said = {"$ref": _SCHEMAS + struct.__name__}
    data = {
        "type": "object",
        "required": [*circumstances["required"], entity],
        "properties": {**circumstances["properties"], entity: said},
        "additionalProperties": False,
    }
    attributes = {
        "specversion": {"const": "1.0"},
        "id": {**_TEXT, "minLength": 1, "maxLength": LONGEST_NAME},
        "source": {**_TEXT, "pattern": r"^/[a-z][a-z0-9_]*/[^/\s]+$"},
        "type": {"const": _fact_name(entity)},
        "time": {**_MOMENT, "description": "When the source wrote it down, with its offset"},
    }
    event = _event(attributes, data)
    event["properties"]["correlationid"] = _ATTRIBUTES["correlationid"]
    return event


def _event(attributes: Mapping[str, _Document], data: _Document) -> _Document:
    return {
        "type": "object",
        "required": [*attributes, "data"],
        "properties": {**attributes, "datacontenttype": {"const": JSON}, "data": data},
    }


def _headers() -> _Document:
    """Each broker has a prefix of its own for the attributes: NATS, Kafka, RabbitMQ."""
    return {
        "type": "object",
        "description": "CloudEvents attributes, prefixed `ce-`, `ce_` or `cloudEvents_`",
        "required": ["X-Correlation-Id"],
        "properties": {"X-Correlation-Id": _TEXT},
        "patternProperties": {
            f"^(ce-|ce_|cloudEvents_){name}$": schema for name, schema in _ATTRIBUTES.items()
        },
    }


def _structs() -> _Document:
    structs = (*BODIES.values(), *ENTITIES.values(), Circumstances)
    _, found = msgspec.json.schema_components(structs, ref_template=_SCHEMAS + "{name}")
    for struct in ENTITIES.values():
        # In an event the key says which entity it is; the tag is ours.
        schema = found[struct.__name__]
        del schema["properties"]["entity"]
        schema["required"] = [name for name in schema["required"] if name != "entity"]
    plain: _Document = _without_prefix_items(found)
    return dict(sorted(plain.items()))


def _without_prefix_items(schema: Any) -> Any:
    """The same in the draft of JSON Schema that AsyncAPI speaks, where a pair is said otherwise."""
    if isinstance(schema, list):
        return [_without_prefix_items(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _without_prefix_items(value) for name, value in schema.items()}
    if "prefixItems" in found:
        found["additionalItems"] = found.pop("items")
        found["items"] = found.pop("prefixItems")
    return found


def _fact_name(entity: str) -> str:
    return f"tollgate.fact.{entity}.v1"


def _in_headers(event: str) -> str:
    return f"{event}.binary"


def _word(event: str) -> str:
    """`decision.changed` as `decisionChanged`."""
    first, *more = event.split(".")
    return first + "".join(part.capitalize() for part in more)


def _first_line(struct: type[msgspec.Struct]) -> str:
    return (struct.__doc__ or "").strip().splitlines()[0]
