"""A proxy on loopback that does to HTTP requests what networks and servers do to them.

It stands between a client and a real server and forwards each request, but for the faults: those
planned for the next requests, or drawn from a seed for as long as a chaos run goes on. What was
done to which request is kept, so that a test can say what the server really got.
"""

import http.client
import random
import socket
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_NEVER_SECONDS = 120.0
_UPSTREAM_SECONDS = 60.0
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


class Fault(StrEnum):
    """What can happen to a request."""

    NONE = "none"
    DROP_BEFORE = "drop before"
    """The connection ends; the server never saw the request."""
    DROP_AFTER = "drop after"
    """The server did its work; the connection ends before the answer."""
    DELAY = "delay"
    """The answer comes, late."""
    TWICE = "twice"
    """The server gets the request two times; the client gets the second answer."""
    ANSWER_500 = "answer 500"
    """The proxy answers as a broken server; the real one never saw the request."""
    ANSWER_503 = "answer 503"
    """The same, and asks to come again in seven seconds."""
    ANSWER_400 = "answer 400"
    """The proxy refuses in one sentence; the real server never saw the request."""
    NEVER = "never"
    """The server did its work and the answer never comes."""


REFUSAL = "This record is being edited by somebody else."


@dataclass(frozen=True)
class Seen:
    """One request and what was done to it."""

    method: str
    path: str
    fault: Fault


class FaultyProxy:
    """Plans and remembers; the server's threads ask it what to do."""

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.seen: list[Seen] = []
        self.delay_seconds = 0.3
        self.released = threading.Event()
        self._upstream = urlsplit(upstream)
        self._planned: dict[str, deque[Fault]] = {}
        self._random: random.Random | None = None
        self._weights: Mapping[Fault, float] = {}
        self._lock = threading.Lock()

    def plan(self, method: str, *faults: Fault) -> None:
        """Do these to the next requests of a method, one each."""
        with self._lock:
            self._planned.setdefault(method, deque()).extend(faults)

    def rain(self, seed: int, weights: Mapping[Fault, float]) -> None:
        """Draw a fault for every request that none is planned for, from now on."""
        with self._lock:
            self._random = random.Random(seed)
            self._weights = weights

    def calm(self) -> None:
        """Draw no more faults; what was seen is still known."""
        with self._lock:
            self._random = None

    def clear(self) -> None:
        """No more faults; what was seen is forgotten."""
        with self._lock:
            self._planned.clear()
            self._random = None
            self.seen.clear()

    def count(self, method: str, ending: str = "") -> int:
        """How often the server got such a request."""
        reached = {Fault.NONE: 1, Fault.DROP_AFTER: 1, Fault.DELAY: 1, Fault.NEVER: 1}
        times = {**reached, Fault.TWICE: 2}
        with self._lock:
            return sum(
                times.get(each.fault, 0)
                for each in self.seen
                if each.method == method and urlsplit(each.path).path.endswith(ending)
            )

    def draw(self, method: str, path: str) -> Fault:
        """What to do to this request."""
        with self._lock:
            planned = self._planned.get(method)
            fault = planned.popleft() if planned else self._drawn()
            self.seen.append(Seen(method, path, fault))
            return fault

    def forward(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status, headers and content of the server's answer."""
        assert self._upstream.hostname is not None, "an upstream has a host"
        line = http.client.HTTPConnection(
            self._upstream.hostname, self._upstream.port, timeout=_UPSTREAM_SECONDS
        )
        try:
            passed = {name: value for name, value in headers.items() if _passes(name)}
            line.request(method, path, body=body or None, headers=passed)
            answer = line.getresponse()
            content = answer.read()
            return answer.status, [h for h in answer.getheaders() if _passes(h[0])], content
        finally:
            line.close()

    def _drawn(self) -> Fault:
        if self._random is None:
            return Fault.NONE
        [fault] = self._random.choices([*self._weights], [*self._weights.values()])
        return fault


@contextmanager
def faulty_proxy(upstream: str) -> Iterator[FaultyProxy]:
    """One before a server; it ends with whatever it still holds back."""
    proxy = FaultyProxy(upstream)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield proxy
        finally:
            proxy.released.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: FaultyProxy

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self._do(self.proxy.draw(self.command, self.path), body)
        except (OSError, http.client.HTTPException):  # the real server is gone, or was stopped
            self._drop()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - names of http.server

    def _do(self, fault: Fault, body: bytes) -> None:
        match fault:
            case Fault.DROP_BEFORE:
                self._drop()
            case Fault.DROP_AFTER:
                self._forward(body)
                self._drop()
            case Fault.NEVER:
                self._forward(body)
                self.proxy.released.wait(_NEVER_SECONDS)
                self._drop()
            case Fault.ANSWER_500:
                self._send(500, [], b"<h1>Internal Server Error</h1>")
            case Fault.ANSWER_503:
                self._send(503, [("Retry-After", "7")], b"")
            case Fault.ANSWER_400:
                sentence = f'{{"message": "{REFUSAL}", "error": {{"reason": "{REFUSAL}"}}}}'
                self._send(400, [("Content-Type", "application/json")], sentence.encode())
            case Fault.TWICE:
                self._forward(body)
                self._send(*self._forward(body))
            case Fault.DELAY:
                answer = self._forward(body)
                self.proxy.released.wait(self.proxy.delay_seconds)
                self._send(*answer)
            case Fault.NONE:
                self._send(*self._forward(body))

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        return self.proxy.forward(self.command, self.path, dict(self.headers), body)

    def _send(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
        with suppress(ConnectionError):  # a client that gave up is not our concern
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    def _drop(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_: Any) -> None:
        pass


def _passes(header: str) -> bool:
    return header.lower() not in _HOP_BY_HOP
