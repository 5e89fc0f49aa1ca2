"""Many units in a PostgreSQL: the demo's week through the product, and its rows again and again.

What is decided by the product can be looked at like any unit. The rows made of it stand for a year
of others around it: 50 customers, 20 carriers, each with ten facts, a decision and an answer; one
in ten is held, one in ten moves, half of the rest was held once.
"""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import Table

from app.entrypoints.demo import BILLING, OPENED, decide_week, record_week
from app.entrypoints.demo_billing import billing_turns
from app.entrypoints.drafts import bring_into_force
from app.evidence.intake.feed import Lane
from app.infrastructure.storage import standing_tables, tables
from app.main import open_house, upgrade_database
from app.operations.deciding.drain_due import drain_due
from app.operations.house import House
from app.operations.looking.keep_standing import catch_up
from app.settings import Settings

FACTS_EACH = 10
NOTHING = "''::bytea"
MADE_FROM = 1_000_000
"""Whatever was numbered by the product has a lower number."""
_PICKED = """
create temp table picked as
with held as (select array_agg(unit order by unit) a from standing where stage = 'held'),
  moving as (select array_agg(unit order by unit) a from standing where stage = 'moving'),
  ready as (select array_agg(unit order by unit) a from standing where stage = 'ready'),
  stopped as (select array_agg(distinct unit) a from hold_spell where closed_at is null),
  numbered as (select n, case when n % 10 = 0 then 'held' when n % 10 = 1 then 'moving'
    when n % 50 = 2 then 'ready' else 'billed' end as stage
    from generate_series({first}, {last}) n),
  based as (select numbered.*, (case stage when 'held' then held.a when 'moving' then moving.a
      else ready.a end) as bases, stopped.a as helds from numbered, held, moving, ready, stopped)
select n, stage, bases[1 + (n / 10) % cardinality(bases)] as base,
  case when stage = 'held' or (stage = 'billed' and n % 2 = 0)
    then helds[1 + (n / 10) % cardinality(helds)] end as spells,
  case when stage in ('held', 'moving') then n % 60 else n % 365 end as back
from based
"""
_NAMED = """
alter table picked add column unit text, add column customer text, add column carrier text,
  add column id text;
update picked p set unit = p.base || '-' || lpad(p.n::text, 6, '0'),
  id = encode(sha256(convert_to(p.base || '-' || p.n, 'UTF8')), 'hex'),
  customer = case when p.n % 53 < 4 then s.customer else 'CUSTOMER ' || p.n % 47 end,
  carrier = 'CAR' || p.n % 20
from standing s where s.unit = p.base;
create index on picked (base); create index on picked (spells); analyze picked;
"""


@contextmanager
def weeks_house(url: str) -> Iterator[House]:
    """The demo's week, decided now, in an empty database."""
    settings, quiet = Settings(database_url=SecretStr(url)), Console(file=io.StringIO())
    upgrade_database(settings)
    with open_house(settings) as house:
        bring_into_force(settings, house, at=OPENED)
        record_week(house, quiet, billing_turns(BILLING))
        decide_week(house, quiet)
        for lane in Lane:
            while drain_due(house, lane).rows:
                pass
        catch_up(house)
        yield house


def grow(url: str, before: int, until: int) -> None:
    """Add the made units with numbers from `before` on to `until`."""
    with psycopg.connect(url) as connection:
        # The rows are right by how they are made; checking each again takes most of the time.
        connection.execute("set session_replication_role = replica")
        connection.execute("set work_mem = '256MB'")
        connection.execute(_PICKED.format(first=before, last=until - 1))
        connection.execute(_NAMED)
        for statement in _statements():
            connection.execute(statement)
        connection.execute("drop table picked")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum analyze")


def _statements() -> Iterator[str]:
    named = {"unit": "p.unit", "customer": "p.customer", "carrier": "p.carrier"}
    decided = {**named, "decision_id": "p.id"}
    money = "1 + p.n % 97"
    yield _again(
        standing_tables.standing,
        "r.unit = p.base",
        {
            **decided,
            "stage": "p.stage",
            "amount_minor": f"r.amount_minor * ({money}) / 50",
            "billed_minor": "case when p.stage = 'billed' then r.amount_minor else 0 end",
            **_billed_days(),
        },
    )
    yield _again(
        tables.release,
        "p.stage = 'billed' and r.release_id = (select min(release_id) from release)",
        {
            "seq": f"{MADE_FROM} + p.n",
            "release_id": "p.id",
            "decision_id": "p.id",
            "asked_decision_id": "p.id",
            "unit": "p.unit",
            "customer": "p.customer",
        },
    )
    closed = "case when p.stage = 'held' then {} else {} end"
    later = "r.opened_at - make_interval(days => p.back - 1 - p.n % 14)"
    yield _again(
        standing_tables.hold_spell,
        "r.unit = p.spells",
        {
            **decided,
            "value_minor": f"r.value_minor * ({money}) / 50",
            "rank": f"r.rank * ({money}) / 50",
            "closed_at": closed.format("r.closed_at", later),
            "closed_on": closed.format("r.closed_on", _day(f"({later})::date")),
            "how": closed.format("r.how", "'cleared'"),
            "ranked_until": "r.ranked_until",
        },
    )
    yield _again(
        standing_tables.billed_invoice,
        "p.stage = 'billed' and r.release_id = (select min(release_id) from billed_invoice)",
        {**named, "release_id": "p.id", "number": "'INV' || p.n"},
    )
    yield _again(
        standing_tables.permitted,
        "r.unit = p.base and p.stage in ('ready', 'billed')",
        {**decided, "amount_minor": f"r.amount_minor * ({money}) / 50"},
    )
    yield _again(
        standing_tables.right_to_bill,
        "p.n % 10 = 0 and p.stage <> 'billed' and r.unit = (select min(unit) from right_to_bill)",
        {**decided, "last_day": _day("r.last_day::date + (p.n % 60)::int")},
    )
    yield from _evidence()
    yield from _decisions()


def _evidence() -> Iterator[str]:
    yield _again(
        tables.delivery,
        "r.delivery_id = (select min(delivery_id) from delivery)",
        {"delivery_id": "p.id", "raw": NOTHING},
    )
    yield _again(
        tables.message,
        "r.seq = (select min(seq) from message where outcome = 'recorded')",
        {"seq": f"{MADE_FROM} + p.n", "source_message_id": "p.id", "delivery_id": "p.id"},
    )
    place = f"p.n * {FACTS_EACH} + i.i"
    fact_id = f"encode(sha256(convert_to('fact ' || {place}, 'UTF8')), 'hex')"
    told = f"from fact where seq < {MADE_FROM} and entity in ('milestone', 'document')"
    facts = f"(select row_number() over (order by seq) - 1 as place, * {told}) r"
    each = f"generate_series(0, {FACTS_EACH - 1}) i"
    yield _again(
        tables.fact,
        f"r.place = ({place}) % (select count(*) {told})",
        {
            "seq": f"{MADE_FROM} + {place}",
            "fact_id": fact_id,
            "message_seq": f"{MADE_FROM} + p.n",
            "body": NOTHING,
        },
        source=f"{each}, {facts}",
    )
    number = "split_part(p.unit, ':', 2)"
    yield (
        "insert into fact_reference (tenant, key, fact_id, kind, value) "
        f"select 'main', 'shipment::' || {number}, {fact_id}, 'shipment', {number} "
        f"from picked p, {each}"
    )


def _decisions() -> Iterator[str]:
    yield (
        "insert into dossier (tenant, digest, body) select 'main', id, convert_to('{}', 'UTF8')"
        " from picked"
    )
    renamed = "convert_to(replace(convert_from(r.{}, 'UTF8'), p.base, p.unit), 'UTF8')"
    # Whoever has a view of its own reads its decisions; the others' are never read by a page.
    kept = "case when p.customer like 'CUSTOMER %' then convert_to('{{}}', 'UTF8') else {} end"
    current = "(select distinct on (t.unit) d.* from decision_taken t join decision d"
    current += (
        f" using (tenant, decision_id) where t.seq < {MADE_FROM} order by t.unit, t.seq desc) r"
    )
    bodies = {name: kept.format(renamed.format(name)) for name in ("body", "trace", "answers")}
    yield _again(
        tables.decision,
        "r.unit = p.base",
        {
            "seq": f"{MADE_FROM} + p.n",
            "decision_id": "p.id",
            "unit": "p.unit",
            "customer": "p.customer",
            "dossier_digest": "p.id",
            **bodies,
        },
        source=current,
    )
    yield _again(
        tables.decision_taken,
        "r.seq = (select max(seq) from decision_taken where unit = p.base)",
        {"seq": f"{MADE_FROM} + p.n", "decision_id": "p.id", "unit": "p.unit"},
    )


def _billed_days() -> Mapping[str, str]:
    """A unit that is only ready has neither claim nor invoice; these were billed a day later."""
    at = "r.decided_at - make_interval(days => p.back - 1)"
    told: dict[str, str] = {}
    for name in ("released", "claimed", "invoiced"):
        so = f"case when p.stage = 'billed' then {{}} else r.{name}_{{}} end"
        told[f"{name}_at"] = so.format(at, "at")
        told[f"{name}_on"] = so.format(_day(f"({at})::date"), "on")
    return told


def _again(table: Table, where: str, told: Mapping[str, str], source: str = "") -> str:
    """Rows of a table once more for each unit, moved back in time but for what is told."""
    columns = {c.name: told.get(c.name) or _moved(c.name) for c in table.columns}
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    given = source or f"{table.name} r"
    return (
        f"insert into {table.name} ({names}) select {values} from picked p, {given} where {where}"
    )


def _moved(name: str) -> str:
    if name.endswith("_at"):
        return f"r.{name} - make_interval(days => p.back)"
    if name.endswith("_on"):
        return _day(f"r.{name}::date - p.back")
    return f'r."{name}"'


def _day(day: str) -> str:
    return f"to_char({day}, 'YYYY-MM-DD')"
