"""What is left of a storm, read past the product: the sources' log, the database, and the ERP.

Nothing of the product is imported here. Each broken promise is a sentence with its case.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

CLAIMABLE = {"release", "provisional"}


@dataclass(frozen=True)
class InErp:
    """One invoice as the ERP itself tells it."""

    reference: str
    number: str
    state: str
    total: str


@dataclass
class Found:
    """What was counted, and every promise that was broken."""

    counts: Counter[str]
    broken: list[str]


def check(
    database_url: str,
    acknowledged: Mapping[tuple[str, str], str],
    in_erp: list[InErp],
    billed_total: str,
    may_be_billed: Mapping[str, bool],
) -> Found:
    """Everything that must be so after the storm."""
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        rows = _Rows(connection)
    found = Found(Counter(), [])
    found.broken += _facts_lost(rows, acknowledged, found.counts)
    found.broken += _billed_twice(rows, in_erp, found.counts)
    found.broken += _released_without_decision(rows, found.counts)
    found.broken += _units_without_a_reason(rows, in_erp, may_be_billed, found.counts)
    wrong = [each for each in in_erp if each.total != billed_total]
    found.broken += [f"{each.number} is over {each.total}, not {billed_total}" for each in wrong]
    return found


class _Rows:
    """The database as it stands."""

    def __init__(self, connection: psycopg.Connection[dict[str, Any]]) -> None:
        def read(query: str) -> list[dict[str, Any]]:
            return connection.execute(query).fetchall()

        self.messages = read(
            "select m.source_system, m.source_instance, m.source_message_id, count(f.fact_id) as "
            "facts from message m left join fact f on f.tenant = m.tenant and f.message_seq = m.seq"
            " where m.outcome = 'recorded' group by 1, 2, 3"
        )
        self.releases = read(
            "select r.release_id, r.unit, r.decision_id, r.amount_minor, d.verdict,"
            " d.amount_minor as decided_minor, d.unit as decided_unit"
            " from release r left join decision d on d.tenant = r.tenant"
            " and d.decision_id = r.decision_id"
        )
        self.invoices = read("select release_id, number from invoice")
        self.current = read(
            "select distinct on (t.unit) t.unit, t.gone, d.verdict, d.body from decision_taken t"
            " join decision d on d.tenant = t.tenant and d.decision_id = t.decision_id"
            " where t.known_at is null order by t.unit, t.seq desc"
        )
        self.due = read("select keys, attempts, last_error from due")
        self.sendings = read(
            "select s.state, s.last_error, s.attempts, s.destination, o.type, o.subject"
            " from sending s join outbox o on o.tenant = s.tenant and o.seq = s.outbox_seq"
        )
        self.withdrawn = read("select detail from sending_attempt where outcome = 'withdrew'")


def _facts_lost(
    rows: _Rows, acknowledged: Mapping[tuple[str, str], str], counts: Counter[str]
) -> Iterator[str]:
    stored = {
        (f"/{row['source_system']}/{row['source_instance']}", row["source_message_id"]): row
        for row in rows.messages
    }
    counts["messages acknowledged"] = len(acknowledged)
    counts["messages stored"] = len(stored)
    counts["facts stored"] = sum(int(row["facts"]) for row in rows.messages)
    for source, message_id in acknowledged:
        row = stored.get((source, message_id))
        if row is None or not row["facts"]:
            yield f"{message_id} of {source} was acknowledged and is not there"


def _billed_twice(rows: _Rows, in_erp: list[InErp], counts: Counter[str]) -> Iterator[str]:
    unit_of = {row["release_id"]: row["unit"] for row in rows.releases}
    counts["invoices in the ERP"] = len(in_erp)
    counts["of them posted"] = sum(each.state == "posted" for each in in_erp)
    counts["surplus drafts asked to be taken away"] = len(rows.withdrawn)
    for reference, times in Counter(each.reference for each in in_erp).items():
        if reference not in unit_of:
            yield f"the ERP has an invoice of {reference}, which is no release"
        if times > 1:
            yield f"the ERP has {times} invoices of release {reference}"
    for unit, times in Counter(unit_of.values()).items():
        if times > 1:
            yield f"{unit} was released {times} times"
    for number, times in Counter(each.number for each in in_erp if each.number).items():
        if times > 1:
            yield f"the number {number} was given {times} times"


def _released_without_decision(rows: _Rows, counts: Counter[str]) -> Iterator[str]:
    counts["releases"] = len(rows.releases)
    for row in rows.releases:
        if row["verdict"] not in CLAIMABLE or row["decided_unit"] != row["unit"]:
            yield f"{row['unit']} was released under a decision that permits nothing"
        if row["amount_minor"] != row["decided_minor"]:
            yield f"{row['unit']} was released for another amount than was decided"


def _units_without_a_reason(
    rows: _Rows,
    in_erp: list[InErp],
    may_be_billed: Mapping[str, bool],
    counts: Counter[str],
) -> Iterator[str]:
    """Every unit is billed, or held by a named hold, or waits with a reason written down."""
    posted = {each.reference: each for each in in_erp if each.state in {"posted", "paid"}}
    released = {row["unit"]: row["release_id"] for row in rows.releases}
    numbers = {row["release_id"]: row["number"] for row in rows.invoices}
    standing = {row["unit"]: row for row in rows.current if not row["gone"]}
    waiting = {row["subject"]: row for row in rows.sendings if row["state"] != "sent"}
    for name, may in may_be_billed.items():
        unit = f"shipment:{name}"
        release = released.get(unit, "")
        if release and not may:
            yield f"{unit} was released although it was never delivered"
        elif release and release in posted:
            counts["units billed"] += 1
            if numbers.get(release) != posted[release].number:
                yield f"{unit} is invoice {posted[release].number} there and not here"
        elif unit in waiting:
            counts["units waiting with a reason"] += 1
            if not waiting[unit]["last_error"]:
                yield f"{unit} waits to be sent, and nobody says why"
        elif release:
            yield f"{unit} was released, is not in the ERP, and nothing is on its way"
        elif unit not in standing:
            yield f"{unit} was never decided"
        elif standing[unit]["verdict"] in CLAIMABLE:
            yield f"{unit} may be billed and nobody does"
        else:
            held = [hold["code"] for hold in json.loads(bytes(standing[unit]["body"]))["holds"]]
            counts["units held"] += 1
            if not held:
                yield f"{unit} is held, and nobody says why"
            if may:
                yield f"{unit} has everything and is held: {', '.join(held)}"
    for row in rows.due:
        yield f"still due after the storm: {bytes(row['keys']).decode()}: {row['last_error']}"
