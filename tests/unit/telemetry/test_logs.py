"""Lines of the log: JSON for whoever collects it, text for people, and nothing that was said."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from app.telemetry import affair
from app.telemetry.logs import Style, formatter
from app.telemetry.story import NAMED, Step, tell


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    yield from writing("json")


@pytest.fixture
def written_for_people() -> Iterator[io.StringIO]:
    yield from writing("text")


def writing(style: Style) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(style))
    logger = logging.getLogger("tollgate")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)
    logger.setLevel(before)


def test_no_id_is_called_as_what_a_record_has_already() -> None:
    record = logging.LogRecord("x", logging.INFO, "x", 1, "x", (), None)
    assert not {*NAMED, "correlation_id"} & {*vars(record), "message", "asctime", "taskName"}


def test_a_step_is_one_line_with_its_ids_in_front_what_all_lines_have(
    written: io.StringIO,
) -> None:
    tell(Step.RELEASED, "affair-7", unit="shipment:N1", release_id="r1", customer="", kind="final")

    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert list(told) == [
        *("timestamp", "level", "logger", "event", "correlation_id"),
        *("unit", "release_id", "kind"),
    ]
    assert (told["event"], told["correlation_id"], told["level"]) == (
        "released",
        "affair-7",
        "info",
    )
    assert told["timestamp"].endswith("Z")


def test_a_line_of_anybody_names_the_affair_it_was_written_in(written: io.StringIO) -> None:
    log = logging.getLogger("tollgate.somewhere")
    with affair("affair-7"):
        log.warning("%s of %s", 1, "two")
    log.warning("outside")

    first, second = map(json.loads, written.getvalue().splitlines())
    assert (first["event"], first["correlation_id"]) == ("1 of two", "affair-7")
    assert second["correlation_id"] == "-"


def test_what_a_library_puts_beside_its_words_is_left_out(written: io.StringIO) -> None:
    beside = {"body": "secret", "api_key": "secret", "unit": "shipment:N1"}
    logging.getLogger("tollgate.other").warning("words", extra=beside)

    assert "secret" not in written.getvalue()
    assert json.loads(written.getvalue())["unit"] == "shipment:N1"


def test_a_traceback_is_one_line_and_shows_no_value_of_a_variable(written: io.StringIO) -> None:
    def fails(secret: str) -> None:
        raise ValueError(f"of {len(secret)} signs")

    try:
        fails("er2".rjust(7, "x"))
    except ValueError:
        logging.getLogger("tollgate.somewhere").exception("it went wrong")

    (line,) = written.getvalue().splitlines()
    assert "ValueError: of 7 signs" in json.loads(line)["exception"]
    assert "xxxxer2" not in line


@pytest.mark.parametrize("text", ["two\nlines", "\ud800", "žluťoučký", '"quoted"', "\x00"])
def test_whatever_is_told_the_line_stays_one_line_that_can_be_read(
    written: io.StringIO, text: str, request: pytest.FixtureRequest
) -> None:
    tell(Step.INVOICED, text, invoice=text)
    logging.getLogger("tollgate.somewhere").warning("%s", text)

    lines = written.getvalue().splitlines()
    assert len(lines) == 2
    told, logged = map(json.loads, lines)
    assert (told["correlation_id"], told["invoice"], logged["event"]) == (text, text, text)
    # What pytest keeps for its report is sent between its processes, which half a pair cannot be.
    keeps = request.config.pluginmanager.get_plugin("logging-plugin")
    assert keeps is not None
    keeps.report_handler.reset()


def test_for_people_it_reads_as_words(written_for_people: io.StringIO) -> None:
    tell(Step.SENT, "affair-7", destination="acme/erp")

    line = written_for_people.getvalue()
    assert "[info" in line
    assert "sent" in line
    assert "correlation_id=affair-7" in line
    assert "destination=acme/erp" in line


def test_nothing_is_made_of_a_step_that_nobody_logs() -> None:
    class Unseen:
        def __str__(self) -> str:
            raise AssertionError("it was formatted")

    logger = logging.getLogger("tollgate.story")
    before = logger.level
    logger.setLevel(logging.WARNING)
    tell(Step.SENT, "affair-7", unit=Unseen())
    logger.setLevel(before)
