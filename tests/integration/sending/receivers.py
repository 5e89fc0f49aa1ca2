"""A webhook's receiver on loopback: it checks nothing, keeps everything, and answers as told."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, Self

import msgspec


class Request(msgspec.Struct, frozen=True):
    """One request as it came."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes


class Answer(msgspec.Struct, frozen=True):
    """What to answer."""

    status: int
    headers: dict[str, str] = {}
    body: bytes = b""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *given: Any) -> None:
        """Whoever asked may leave in the middle; anything else is told on stderr."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*given)


class Receiver:
    """Listens on a port of its own until it is left."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[Answer] = []
        """Given one after the other; then `always`."""
        self.always = Answer(204)
        self.hangs = Event()
        """Set, it answers nobody before it is left."""
        self.asked = Event()
        """Set as soon as anybody has asked."""
        self._left = Event()
        self._lock = Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hooks?to=billing"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            answer = self.answers.pop(0) if self.answers else self.always
        self.asked.set()
        if self.hangs.is_set():
            self._left.wait()
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = receiver.answer(Request(self.path, headers, self.rfile.read(length)))
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    if answer.status != 204:
                        self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    if answer.body:
                        self.wfile.write(answer.body)
                except ConnectionError:
                    self.close_connection = True  # whoever asked did not wait

            def log_message(self, *_: Any) -> None:
                """Nothing: tests say themselves what they saw."""

        return Handler
