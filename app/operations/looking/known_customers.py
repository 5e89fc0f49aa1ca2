"""Whether a customer is known here: by what is in force for it, or by a unit of its own."""

from app.authoring.files.located_yaml import nearest
from app.errors import Mistake, Place, RequestError
from app.operations.house import House
from app.operations.looking.rules_in_force import customers_in_force
from app.reports.standing.standing import Stage


def must_be_known(house: House, customer: str) -> None:
    """Raise RequestError, with the nearest name there is, where nobody knows the customer."""
    known = customers_in_force(house)
    if customer in known or _has_units(house, customer):
        return
    close = nearest(customer, known)
    mistake = Mistake(
        place=Place(field="customer"),
        what=f"no customer {customer!r} is known here",
        allowed=", ".join(known) or "none: no contract or rate card is in force",
        mend=f"did you mean {close!r}?" if close else "",
    )
    raise RequestError("this does not say who you are", [mistake])


def _has_units(house: House, customer: str) -> bool:
    with house.database.reading(house.tenant) as store:
        return bool(store.customer_rows.units(customer, tuple(Stage), "", 1))
