"""Messages that could not be read, and one that is mended."""

from typing import Any

_UNREADABLE: dict[str, Any] = {
    "code": "VALUE_UNREADABLE",
    "detail": "'2026o302' is not a date (CCYYMMDD)",
    "place": {
        "file": "request body",
        "line": None,
        "column": None,
        "byte_offset": 190,
        "field": "AT7-05",
    },
    "refused": True,
}
_ASIDE: dict[str, Any] = {
    "seq": 4711,
    "outcome": "refused",
    "partner": "acme",
    "feed": "status",
    "kind": "x12 214",
    "message_id": "ACME:2603111015:000000007:7:0001",
    "delivery_id": "2e8b24d417478692b39441f0b4d9d275c1286d147ad85b3818da6ed7c869f484",
    "received_at": "2026-03-11T16:15:02Z",
    "faults": [_UNREADABLE],
}
ASIDES: dict[str, Any] = {"messages": [_ASIDE]}
ASIDE: dict[str, Any] = {
    "message": _ASIDE,
    "open": True,
    "name": "request body",
    "media": "application/edi-x12",
    "bytes": 275,
    "faults": [
        {
            "fault": _UNREADABLE,
            "found": {
                "before": "LX*1~\\x0a",
                "here": "AT7*D1*NS***2026o302*0815*LT~\\x0aMS1*ATLANTA*GA*US~",
            },
        }
    ],
}
MENDED: dict[str, Any] = {
    "seq": 4711,
    "outcome": "recorded",
    "closed": [4711],
    "receipt": {
        "name": "request body",
        "delivery_id": "7dfc9101452231e59b83cf7f7953699998dfd7f297ef6ab18dfe45b5b3645f71",
        "messages": [
            {
                "kind": "214",
                "message_id": "ACME:2603111015:000000007:7:0001",
                "outcome": "recorded",
                "fact_ids": ["0b6c4d1c6f0a3f1e6a3d9a7d1d5c2f8e4b7a9c0d1e2f3a4b5c6d7e8f9a0b1c2d"],
            }
        ],
    },
}
