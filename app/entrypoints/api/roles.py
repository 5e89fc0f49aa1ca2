"""What the holder of each key is here for; a key without a role is for systems only."""

from collections.abc import Collection, Mapping

from app.access import Person, Role
from app.errors import DeploymentError, Mistake, Place

SETTING = "TOLLGATE_ROLES"
ALLOWED = (
    "name:role pairs separated by commas; a role is operations, finance, audit or customer=NAME"
)


def people_of(roles: str, names: Collection[str]) -> Mapping[str, Person]:
    """The person behind each key that has a role, by the key's name.

    Args:
        roles: `name:role` pairs separated by commas.
        names: the names of all keys.

    Raises:
        DeploymentError: a pair cannot be read, names no key, or repeats a name.
    """
    people: dict[str, Person] = {}
    for at, pair in enumerate(filter(None, (part.strip() for part in roles.split(","))), start=1):
        name, _, role = (part.strip() for part in pair.partition(":"))
        person = person_in(name, role)
        if person is None:
            raise _wrong(f"pair {at}, {pair!r}, cannot be read")
        if name not in names:
            raise _wrong(f"no key is named {name!r}; keys are named by TOLLGATE_API_KEYS")
        if name in people:
            raise _wrong(f"{name!r} has two roles")
        people[name] = person
    return people


def person_in(name: str, role: str) -> Person | None:
    """Somebody in a role, written `finance` or `customer=NAME`; None where it cannot be read."""
    kind, _, customer = (part.strip() for part in role.partition("="))
    if not name or kind not in set(Role) or (kind == Role.CUSTOMER) != bool(customer):
        return None
    return Person(name=name, role=Role(kind), customer=customer)


def _wrong(what: str) -> DeploymentError:
    mistake = Mistake(place=Place(field=SETTING), what=what, allowed=ALLOWED)
    return DeploymentError("the roles of the console cannot be read", [mistake])
