"""What would release the unit of a stored decision."""

import msgspec

from app.dossier import Dossier
from app.explanation.unlock.answer import Unlocking
from app.explanation.unlock.search import unlocking_of
from app.operations.changing.editions_in_force import editions_by_digest
from app.operations.deciding.keep_decision import decoded
from app.operations.house import House


def unlock_decision(house: House, decision_id: str) -> Unlocking:
    """What would release the unit, from the very dossier and editions of the decision.

    Raises:
        NotFoundError: there is no such decision.
    """
    with house.database.reading(house.tenant) as store:
        row = store.decisions.decision(decision_id)
        body = store.decisions.dossier(row.dossier_digest)
        dossier = msgspec.json.decode(body, type=Dossier)
        editions = editions_by_digest(store, dossier.editions)
    return unlocking_of(dossier, editions, decoded(row).decision)
