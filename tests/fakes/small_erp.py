"""A small billing system with a REST of its own kind, unlike Tryton's in all that can differ.

Amounts are JSON numbers, states have other words, issuing is a PUT, a second issue is a conflict, a
search answers a page with `items`, and what is not found is a 404. Like real ones it takes the same
reference as often as it is sent. It leaves out: pages beyond the first, accounts, everything a
person does but `pay`.
"""

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import msgspec

KEY = "small-erp-key"
DEBTORS = ("D1", "D2")

_json = msgspec.json.Encoder(decimal_format="number")


class SmallErp:
    """The system: its invoices, and what a person does in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.invoices: list[dict[str, Any]] = []
        self.keeps_void = False
        """Whether a draft that was taken away is still found, as void."""
        self.takes_a_reference_once = False
        """Whether a second invoice of one reference is refused."""
        self._made = itertools.count(1)
        self.lock = threading.Lock()

    def pay(self, number: str, amount: str) -> str:
        """Have somebody pay an invoice, or a part of it; the state it is in then."""
        with self.lock:
            [invoice] = [each for each in self.invoices if each["no"] == number]
            invoice["amounts"]["open"] -= Decimal(amount)
            invoice["touched"] = datetime.now(UTC).isoformat()
            if not invoice["amounts"]["open"]:
                invoice["phase"] = "SETTLED"
            return str(invoice["phase"])

    def create(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Take an invoice as a draft, or say in one sentence why not."""
        if body["debtor"] not in DEBTORS:
            return 422, {"error": {"reason": f"Debtor {body['debtor']} does not exist."}}
        if self.takes_a_reference_once and any(x["ref"] == body["ref"] for x in self.invoices):
            return 409, {"error": {"reason": f"{body['ref']} exists."}}
        positions = [*body["positions"], *body["vat"]]
        total = sum((Decimal(str(each["net"])) for each in positions), Decimal(0))
        invoice = {
            "key": next(self._made),
            "ref": body["ref"],
            "no": None,
            "phase": "NEW",
            "amounts": {"sum": total, "open": Decimal(0), "iso": body["iso"]},
            "touched": datetime.now(UTC).isoformat(),
            "sent": body,
        }
        self.invoices.append(invoice)
        return 201, {"created": {name: invoice[name] for name in invoice if name != "sent"}}

    def issue(self, key: int) -> tuple[int, Any]:
        """Give a draft its number."""
        invoice = next((each for each in self.invoices if each["key"] == key), None)
        if invoice is None:
            return 404, {"error": {"reason": "No such invoice."}}
        if invoice["phase"] != "NEW":
            return 409, {"error": {"reason": f"Invoice {invoice['no']} is issued already."}}
        invoice["no"] = f"SE-{key:05}"
        invoice["phase"] = "ISSUED"
        invoice["amounts"]["open"] = invoice["amounts"]["sum"]
        invoice["touched"] = datetime.now(UTC).isoformat()
        return 200, {}

    def void(self, key: int) -> tuple[int, Any]:
        """Take a draft away; it stays to be seen where it is kept."""
        invoice = next((each for each in self.invoices if each["key"] == key), None)
        if invoice is None:
            return 404, {"error": {"reason": "No such invoice."}}
        if invoice["phase"] != "NEW":
            return 409, {"error": {"reason": f"Invoice {key} is {invoice['phase']}."}}
        if self.keeps_void:
            invoice["phase"] = "VOID"
        else:
            self.invoices.remove(invoice)
        return 200, {}

    def search(self, references: list[str]) -> tuple[int, Any]:
        """Every invoice under one of the references."""
        found = [each for each in self.invoices if each["ref"] in references]
        if not found:
            return 404, {"error": {"reason": "Nothing found."}}
        return 200, {"page": {"items": found}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    erp: ClassVar[SmallErp]

    def do_GET(self) -> None:
        self._answer(lambda parts: self.erp.search(parse_qs(parts.query).get("ref", [])))

    def do_POST(self) -> None:
        body = json.loads(self._body(), parse_float=Decimal)
        self._answer(lambda _: self.erp.create(body))

    def do_PUT(self) -> None:
        self._body()
        self._answer(lambda parts: self.erp.issue(int(parts.path.split("/")[-2])))

    def do_DELETE(self) -> None:
        self._answer(lambda parts: self.erp.void(int(parts.path.split("/")[-1])))

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _answer(self, act: Any) -> None:
        if self.headers.get("X-Api-Key") != KEY:
            status, document = 401, {"error": {"reason": "Unknown key."}}
        else:
            with self.erp.lock:
                status, document = act(urlsplit(self.path))
        content = _json.encode(document)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def small_erp() -> Iterator[SmallErp]:
    """One on loopback, empty."""
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        handler.erp = SmallErp(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield handler.erp  # type: ignore[attr-defined]
        finally:
            server.shutdown()
            thread.join()
