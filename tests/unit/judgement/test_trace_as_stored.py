"""A stored trace keeps two numbers a thing; written out, it says what every condition saw."""

from datetime import UTC, datetime

import msgspec
import pytest

from app.digest import canonical
from app.judgement.rulebook.second_key import SecondKey
from app.judgement.rulebook.seen import Seen, View
from app.judgement.trace import Trace, derived_seen, rules_seen
from app.judgement.trace_as_stored import pack_seen_in, written_out
from tests.laws.packs import Invention

MOMENT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("seed", range(40))
def test_a_trace_written_out_from_storage_is_the_one_that_was_seen(seed: int) -> None:
    invention = Invention(seed)
    pack = invention.pack(rules=12)
    key = SecondKey(pack)
    looked = key.looked(invention.view())
    trace = Trace(
        decision_id="d",
        dossier="d",
        unit="shipment:1",
        policy_at=MOMENT,
        editions={},
        methods=(),
        facts=(),
        attributes=(),
        rules=(),
        seen=pack_seen_in(looked, MOMENT.date()),
        schema="trace-2",
    )
    stored = canonical(trace)
    out = written_out(msgspec.json.decode(stored, type=Trace), pack)
    assert out.rules == rules_seen(key.numbers.truths(looked), looked.view)
    # Items that no rule looks at are not stored, and so is nothing derived about them alone.
    wanted = derived_seen(pack.derived, looked.view)
    told = {(each.subject, each.name): each for each in out.derived}
    kinds = set(key.numbers.conditions)
    for each in wanted:
        if not each.subject or each.subject.partition(":")[0] in kinds:
            assert told[each.subject, each.name] == each


def test_an_older_trace_is_read_as_it_was_stored() -> None:
    trace = Trace(
        decision_id="d",
        dossier="d",
        unit="shipment:1",
        policy_at=MOMENT,
        editions={},
        methods=(),
        facts=(),
        attributes=(),
        rules=(),
    )
    assert written_out(trace, Invention(1).pack()) is trace


def test_a_name_that_no_rule_reads_is_not_in_the_trace() -> None:
    """The view learns names; what was decided before must not change with them."""
    invention = Invention(7)
    pack, view = invention.pack(rules=12), invention.view()
    wider = View(unit={**view.unit, "learnt_later": Seen(1, ("f",))}, items=view.items)
    key = SecondKey(pack)
    before = pack_seen_in(key.looked(view), None)
    after = pack_seen_in(key.looked(wider), None)
    assert canonical(after) == canonical(before)
