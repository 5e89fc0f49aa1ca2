"""A stored trace, written out for whoever reads it: every rule, fired or not, in words."""

import msgspec

from app.dossier import EditionsUsed
from app.infrastructure.storage.store import Store
from app.judgement.trace import Trace
from app.judgement.trace_as_stored import written_out
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.house import House


def stored_trace(house: House, decision_id: str) -> Trace:
    """The trace of a stored decision, written out with the rules it was taken by.

    Raises:
        NotFoundError: there is no such decision.
    """
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decision_id)
        return readable(store, msgspec.json.decode(row.trace, type=Trace))


def readable(store: Store, trace: Trace) -> Trace:
    """The trace written out with the edition that it names."""
    used = msgspec.convert(trace.editions, EditionsUsed)
    return written_out(trace, editions_by_digest(store, used).rules)
