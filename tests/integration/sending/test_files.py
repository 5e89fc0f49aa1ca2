"""Events as files: whole or not at all, and the same file however often."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.billing.destination import Kind, WrittenAs
from app.billing.events import X12_ACKNOWLEDGED, X12Acknowledged
from app.billing.invoice import Invoice, InvoiceLine
from app.billing.written import x12_810
from app.billing.written.x12 import Exchange
from app.digest import canonical
from app.errors import DeploymentError
from app.infrastructure.secrets import read_secret
from app.infrastructure.sending.file import FileSender
from app.infrastructure.sending.sender import NotSentError, Outgoing, Sent
from app.infrastructure.sending.senders import Senders
from app.money import Money
from tests.integration.sending.told import START, destination

OUT = Outgoing(
    event_id="e1",
    type="release.claimed",
    subject="shipment:1",
    body=b'{"release_id":"r1"}',
    correlation_id="c",
    created_at=datetime(2026, 3, 2, 8, 0, 0, 5, tzinfo=UTC),
)
MONEY = Money(Decimal("14.80"), "USD")
INVOICE = Invoice(
    reference="r1",
    kind="original",
    customer="ACME",
    unit="shipment:1",
    decision_id="d1",
    currency="USD",
    lines=(
        InvoiceLine(
            key="linehaul",
            code="linehaul",
            description="Linehaul",
            quantity=Decimal(1),
            unit="each",
            rate=Decimal("14.80"),
            amount=MONEY,
        ),
    ),
    total=MONEY,
    billed_on=date(2026, 3, 2),
)
AGREED = {
    "exchange": Exchange(
        sender_qualifier="ZZ", sender="US", receiver_qualifier="ZZ", receiver="ACME"
    ),
    "codes_810": x12_810.Codes(items={"linehaul": "LHS"}),
}
NAME = "20260302T080000.000005Z-e1"


def test_sending_again_writes_the_same_file_again(tmp_path: Path) -> None:
    sender = FileSender(tmp_path, lambda out: (out.body, "json"))

    assert sender.send(OUT) == Sent(reference=f"{NAME}.json")
    assert sender.send(OUT) == Sent(reference=f"{NAME}.json")

    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == OUT.body
    assert file.name == f"{NAME}.json"
    assert file.stat().st_mode & 0o444 == 0o444


def test_whoever_looks_while_it_is_written_sees_the_whole_file_or_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    real = Path.replace

    def looked(self: Path, target: Path) -> Path:
        seen.append([each.name for each in tmp_path.iterdir() if not each.name.startswith(".")])
        assert self.read_bytes() == OUT.body
        return real(self, target)

    monkeypatch.setattr(Path, "replace", looked)
    FileSender(tmp_path, lambda out: (out.body, "json")).send(OUT)

    assert seen == [[]]


def test_a_folder_that_is_not_there_is_not_made_and_is_tried_again(tmp_path: Path) -> None:
    sender = FileSender(tmp_path / "share", lambda out: (out.body, "json"))

    with pytest.raises(NotSentError, match="cannot be written: No such file") as caught:
        sender.send(OUT)

    assert caught.value.retry
    assert list(tmp_path.iterdir()) == []


def test_what_fails_half_way_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(NotSentError, match="No space left on device"):
        FileSender(tmp_path, lambda out: (out.body, "json")).send(OUT)

    assert list(tmp_path.iterdir()) == []


def test_a_destination_gets_the_form_it_wants(tmp_path: Path) -> None:
    plain = destination("files", kind=Kind.FILE, folder=str(tmp_path))
    sheet = msgspec.structs.replace(plain, name="sheet", format=WrittenAs.CSV)
    posted = msgspec.structs.replace(OUT, body=canonical({"invoice": INVOICE, "number": "INV/7"}))

    with Senders(None, "acme", lambda: START) as senders:
        assert senders(plain).send(OUT).reference == f"{NAME}.json"
        assert senders(sheet).send(posted).reference == f"{NAME}.csv"
        assert senders(plain) is senders(plain)

        moved = msgspec.structs.replace(plain, folder=str(tmp_path / "moved"))
        assert senders(moved) is not senders(plain)

    event = msgspec.json.decode((tmp_path / f"{NAME}.json").read_bytes())
    assert (event["source"], event["data"]) == ("/tollgate/acme", {"release_id": "r1"})
    header, line = (tmp_path / f"{NAME}.csv").read_text().splitlines()
    assert header.startswith("number,reference,kind")
    assert line.startswith("INV/7,r1,original")


def test_x12_is_written_with_a_number_that_no_other_event_has(tmp_path: Path) -> None:
    edi = destination(
        "edi",
        kind=Kind.FILE,
        folder=str(tmp_path),
        format=WrittenAs.X12_810,
        **AGREED,
    )
    posted = msgspec.structs.replace(
        OUT, body=canonical({"invoice": INVOICE, "number": "INV/7"}), number=4711
    )

    with Senders(None, "acme", lambda: START) as senders:
        senders(edi).send(posted)

    written = (tmp_path / f"{NAME}.edi").read_text()
    assert written.splitlines()[-1] == "IEA*1*000004711~"
    assert "*260302*0800*" in written
    assert "BIG*20260302*INV/7*" in written


@pytest.mark.parametrize("form", [WrittenAs.JSON, WrittenAs.X12_810])
def test_a_997_stands_in_the_folder_as_it_is_sent(tmp_path: Path, form: WrittenAs) -> None:
    edi = destination("edi", kind=Kind.FILE, folder=str(tmp_path), format=form, **AGREED)
    told = X12Acknowledged(
        partner="acme",
        delivery_id="d1",
        place=0,
        control_number=500_000_001,
        acknowledgement="ISA*00~\nIEA*1*500000001~\n",
    )
    out = msgspec.structs.replace(OUT, type=X12_ACKNOWLEDGED, body=canonical(told))

    with Senders(None, "acme", lambda: START) as senders:
        assert senders(edi).send(out).reference == f"{NAME}.edi"

    assert (tmp_path / f"{NAME}.edi").read_bytes() == b"ISA*00~\nIEA*1*500000001~\n"


def test_what_cannot_be_written_is_given_up_at_once(tmp_path: Path) -> None:
    sheet = destination("files", kind=Kind.FILE, folder=str(tmp_path), format=WrittenAs.CSV)
    edi = destination(
        "edi", kind=Kind.FILE, folder=str(tmp_path), format=WrittenAs.X12_810, **AGREED
    )
    without_number = msgspec.structs.replace(OUT, body=canonical({"invoice": INVOICE}), number=1)

    with Senders(None, "acme", lambda: START) as senders:
        for sender, outgoing, what in (
            (senders(sheet), OUT, "the event holds no invoice to write"),
            (senders(edi), without_number, "the 810 of r1 cannot be written"),
        ):
            with pytest.raises(NotSentError) as caught:
                sender.send(outgoing)
            assert what in caught.value.detail
            assert not caught.value.retry

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "more, what",
    [
        ({"kind": Kind.BROKER}, "nothing here sends to a broker"),
        ({"kind": Kind.WEBHOOK}, "names no secret; a webhook is always signed"),
        ({"kind": Kind.WEBHOOK, "secret": "hook"}, "no folder of secrets is set"),
    ],
)
def test_a_sender_that_cannot_be_made_says_why(more: dict[str, Any], what: str) -> None:
    senders = Senders(None, "acme", lambda: START)

    with pytest.raises(DeploymentError, match=what):
        senders(destination(**more))


@pytest.mark.parametrize(
    "name, content, what",
    [
        ("missing", None, "cannot be read: No such file"),
        ("empty", b" \n", "is empty"),
        ("binary", b"\xff\xfe", "cannot be read: it is no text"),
        ("../outside", b"x", "cannot be a secret's name"),
        (".hidden", b"x", "cannot be a secret's name"),
    ],
)
def test_a_secret_that_is_not_there_is_told_with_what_to_do(
    tmp_path: Path, name: str, content: bytes | None, what: str
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    if content is not None:
        (folder / name).write_bytes(content)

    with pytest.raises(DeploymentError, match=what) as caught:
        read_secret(folder, name)
    assert "TOLLGATE_SECRETS" in str(caught.value)


def test_a_secret_is_what_stands_in_its_file(tmp_path: Path) -> None:
    (tmp_path / "erp.password").write_text("a b\n")

    assert read_secret(tmp_path, "erp.password") == "a b"
