"""What is known when a system is slow, breaks off or answers nonsense; and many faults in a row."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.billing.invoice import Invoice
from app.infrastructure.sending.connector import Connector
from app.infrastructure.sending.erp_http import LARGEST_ANSWER, ErpHttp
from app.infrastructure.sending.send_invoice import send_invoice
from app.infrastructure.sending.sender import NotSentError
from tests.fakes.small_erp import KEY, SmallErp, small_erp
from tests.integration.erp.conftest import small_erp_connector, tryton_connector
from tests.invoices import Begun, NobodyElse, invoice, nobody_else
from tests.real.faulty_proxy import Fault, FaultyProxy, faulty_proxy
from tests.real.tryton import RunningTryton

RAIN = {
    Fault.NONE: 6.0,
    Fault.DROP_BEFORE: 1.0,
    Fault.DROP_AFTER: 1.0,
    Fault.DELAY: 0.5,
    Fault.ANSWER_500: 1.0,
    Fault.ANSWER_503: 1.0,
}
MANY_TRIES = 60


@pytest.fixture
def small() -> Iterator[SmallErp]:
    with small_erp() as system:
        yield system


@pytest.fixture
def small_faulty(small: SmallErp) -> Iterator[FaultyProxy]:
    with faulty_proxy(small.url) as proxy:
        yield proxy


def test_an_answer_that_never_comes_ends_in_time_and_is_tried_again(
    small_faulty: FaultyProxy,
) -> None:
    small_faulty.plan("GET", Fault.NEVER)
    with closing(line_to(small_faulty.url, timeout_seconds=0.2)) as http:
        error = not_answered(lambda: http.ask("GET", "/invoices", query=[("ref", "x")]))
    assert error.retry
    assert "nobody knows" in error.detail


@pytest.mark.parametrize("seed", range(3))
def test_in_a_rain_of_faults_every_invoice_is_posted_exactly_once(
    small: SmallErp, small_faulty: FaultyProxy, seed: int
) -> None:
    small_faulty.delay_seconds = 0.01
    small_faulty.rain(seed, RAIN)
    ours = [invoice() for _ in range(20)]
    with closing(small_erp_connector(small_faulty.url, KEY)) as connector:
        for each in ours:
            send_until_posted(connector, each)
    kept = [(each["ref"], each["phase"]) for each in small.invoices]
    assert sorted(kept) == sorted((each.reference, "ISSUED") for each in ours)


@pytest.mark.parametrize("keeps_void", [False, True], ids=["deletes", "cancels"])
def test_in_a_rain_of_doubled_requests_every_invoice_is_posted_once_and_every_double_goes(
    small: SmallErp, small_faulty: FaultyProxy, keeps_void: bool
) -> None:
    small.keeps_void = keeps_void
    small_faulty.rain(7, {**RAIN, Fault.TWICE: 3.0})
    small_faulty.delay_seconds = 0.01
    ours, notes = [invoice() for _ in range(30)], Begun()
    with closing(small_erp_connector(small_faulty.url, KEY)) as connector:
        for each in ours:
            send_until_posted(connector, each, notes)
    kept = [(each["ref"], each["phase"]) for each in small.invoices if each["phase"] != "VOID"]
    assert sorted(kept) == sorted((each.reference, "ISSUED") for each in ours)
    assert notes.withdrew, "the seed doubles at least one creation"


def test_in_a_rain_of_doubled_requests_tryton_keeps_one_of_each(tryton: RunningTryton) -> None:
    ours, notes = [invoice() for _ in range(6)], Begun()
    with faulty_proxy(tryton.url) as proxy:
        proxy.rain(3, {**RAIN, Fault.TWICE: 4.0})
        with closing(tryton_connector(proxy.url, tryton.key)) as connector:
            for each in ours:
                send_until_posted(connector, each, notes)
    with closing(tryton_connector(tryton.url, tryton.key)) as connector:
        found = connector.receivables([each.reference for each in ours])
    assert sorted(each.reference for each in found) == sorted(each.reference for each in ours)
    assert {each.state for each in found} == {"posted"}
    assert notes.withdrew, "the seed doubles at least one creation"


def test_where_the_mapping_takes_nothing_away_a_double_is_for_a_person(small: SmallErp) -> None:
    ours = invoice()
    with closing(small_erp_connector(small.url, KEY, withdraws=False)) as connector:
        drafts = [connector.create(ours), connector.create(ours)]
        error = not_answered(lambda: send_invoice(connector, ours, nobody_else))
    assert not error.retry
    assert "2 times" in error.detail
    assert "does not say how to `withdraw` one" in error.detail
    assert all(f"id {draft.external_id}" in error.detail for draft in drafts)
    assert [each["phase"] for each in small.invoices] == ["NEW", "NEW"]


def test_a_creation_whose_second_arrival_is_refused_goes_on_with_the_first(
    small: SmallErp,
) -> None:
    ours = invoice()
    small.takes_a_reference_once = True
    with faulty_proxy(small.url) as proxy, closing(small_erp_connector(proxy.url, KEY)) as twice:
        proxy.plan("POST", Fault.TWICE)
        assert send_invoice(twice, ours, nobody_else).state == "posted"
    assert len(small.invoices) == 1


def test_in_a_rain_of_faults_tryton_has_every_invoice_exactly_once(tryton: RunningTryton) -> None:
    ours = [invoice() for _ in range(4)]
    with faulty_proxy(tryton.url) as proxy:
        proxy.rain(11, RAIN)
        with closing(tryton_connector(proxy.url, tryton.key)) as connector:
            for each in ours:
                send_until_posted(connector, each)
        assert any(each.fault is not Fault.NONE for each in proxy.seen)
    with closing(tryton_connector(tryton.url, tryton.key)) as connector:
        found = connector.receivables([each.reference for each in ours])
    assert sorted(each.reference for each in found) == sorted(each.reference for each in ours)
    assert {each.state for each in found} == {"posted"}


@pytest.mark.parametrize(
    ("status", "headers", "content", "retry", "after_s", "says"),
    [
        (500, {}, b"<h1>no</h1>", True, None, "500 Internal Server Error"),
        (502, {}, b"", True, None, "502 Bad Gateway"),
        (429, {"Retry-After": "30"}, b"", True, 30.0, "429"),
        (503, {"Retry-After": "Wed, 25 Nov 2026 07:28:00 GMT"}, b"", True, None, "503"),
        (401, {}, b"", False, None, "does not accept our key"),
        (302, {"Location": "/elsewhere"}, b"", False, None, "302 Found"),
        (422, {}, b'{"detail": "Debtor D9\\nis closed."}', False, None, "Debtor D9 is closed (422"),
        (400, {}, b'{"message": ["no", "text"]}', False, None, "400 Bad Request"),
    ],
)  # fmt: skip
def test_what_an_answer_means(
    status: int,
    headers: dict[str, str],
    content: bytes,
    retry: bool,
    after_s: float | None,
    says: str,
) -> None:
    with answering(status, headers, content) as url, closing(line_to(url)) as http:
        error = not_answered(lambda: http.ask("GET", "/"))
    assert (error.retry, error.after_s) == (retry, after_s)
    assert says in error.detail


@pytest.mark.parametrize("key", ["secret-key-1\n", "secret-key-é"])
def test_a_key_that_no_header_carries_is_refused_and_not_shown(key: str) -> None:
    with closing(small_erp_connector("http://127.0.0.1:9", key)) as connector:
        error = not_answered(lambda: connector.find("rel-x"))
    assert not error.retry
    assert "X-Api-Key" in error.detail
    assert "secret-key" not in error.detail


def test_an_answer_beyond_measure_is_not_read_to_its_end() -> None:
    content = b" " * (LARGEST_ANSWER + 1)
    with answering(200, {}, content) as url, closing(line_to(url)) as http:
        error = not_answered(lambda: http.ask("GET", "/"))
    assert not error.retry
    assert f"more than {LARGEST_ANSWER} bytes" in error.detail


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<html>", "what is no JSON"),
        (b'{"page": {"items": [{"ref": "rel-x"}]}}', "without state: nothing stands at `phase`"),
        (b'{"page": {"items": [%s]}}', "'LOST'; the mapping's `states` know NEW, ISSUED"),
    ],
)
def test_an_answer_that_is_not_understood_is_never_taken_for_none(
    content: bytes, says: str
) -> None:
    lost = b'{"key": 1, "ref": "rel-x", "phase": "LOST"}'
    whole = content.replace(b"%s", lost)
    with answering(200, {}, whole) as url, closing(small_erp_connector(url, KEY)) as connector:
        error = not_answered(lambda: connector.find("rel-x"))
    assert not error.retry
    assert says in error.detail


@pytest.mark.parametrize(
    "content", [b"{}", b'{"page": null}', b'{"page": {"items": null}}', b'{"problem": "later"}']
)
def test_an_answer_without_the_place_of_invoices_is_never_taken_for_none(content: bytes) -> None:
    """Who believed it would create the invoice a second time."""
    with answering(200, {}, content) as url, closing(small_erp_connector(url, KEY)) as connector:
        error = not_answered(lambda: connector.find("rel-x"))
    assert error.retry
    assert "nothing stands at `page.items`" in error.detail


@pytest.mark.parametrize("total", ['"1.005"', "1e400", '"NaN"', "null", "true", "{}"])
def test_an_amount_that_is_none_is_refused(total: str) -> None:
    kept = '{"key": 1, "ref": "r", "phase": "NEW", "amounts": {"sum": %s, "open": 0, "iso": "USD"}}'
    content = ('{"page": {"items": [' + kept % total + "]}}").encode()
    with answering(200, {}, content) as url, closing(small_erp_connector(url, KEY)) as connector:
        error = not_answered(lambda: connector.find("r"))
    assert not error.retry
    assert "not understood" in error.detail or "no JSON" in error.detail


def send_until_posted(connector: Connector, ours: Invoice, notes: NobodyElse = nobody_else) -> None:
    for _ in range(MANY_TRIES):
        try:
            assert send_invoice(connector, ours, notes).state == "posted"
        except NotSentError as error:
            if not error.retry:
                raise
        else:
            return
    raise AssertionError(f"{ours.reference} was not posted in {MANY_TRIES} tries")


def not_answered(ask: Callable[[], object]) -> NotSentError:
    with pytest.raises(NotSentError) as raised:
        ask()
    return raised.value


def line_to(url: str, timeout_seconds: float = 5.0) -> ErpHttp:
    headers = {"X-Api-Key": KEY}
    return ErpHttp(system="ERP", url=url, headers=headers, timeout_seconds=timeout_seconds)


@contextmanager
def answering(status: int, headers: dict[str, str], content: bytes) -> Iterator[str]:
    """A server that says one thing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(content)
            except ConnectionError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
