"""Who looks, and what they may do here.

Without keys only this machine may ask, as `api/door.py` says, and everybody is who they choose to
be; who has chosen nothing acts as the installation's own actor, for finance. With keys one signs
in with a key that has a role.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException
from litestar.handlers import BaseRouteHandler

from app.access import May, Person, Role, must_be_allowed
from app.digest import digest
from app.entrypoints.api.door import Door, keys_of, known_key
from app.entrypoints.api.roles import ALLOWED, SETTING, people_of
from app.entrypoints.console.forms import SESSION
from app.entrypoints.console.sessions import Sessions, who_chose
from app.errors import ForbiddenError
from app.operations.house import House
from app.settings import Settings

_PERSON = "tollgate_person"
Connection = ASGIConnection[Any, Any, Any, Any]


class Identity:
    """Knows the keys by their digests, whose each is, and what they are here for."""

    def __init__(self, door: Door, settings: Settings, now: Callable[[], datetime]) -> None:
        """Read keys and roles.

        Raises:
            DeploymentError: they cannot be read.
        """
        self._door, self._now = door, now
        self._names_by_key = keys_of(settings)
        self._people = people_of(settings.roles, self._names_by_key.values())
        self._sessions = Sessions(self._names_by_key)
        self._nobody = Person(name=settings.actor, role=Role.FINANCE)

    @property
    def needs_key(self) -> bool:
        """Whether one signs in with a key."""
        return bool(self._names_by_key)

    def let_in(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Before every page: raise where who asks may not see it.

        What one must be allowed to do there is the `may` in the route's `opt`, by default LOOK,
        or else its `or_may`; `everybody` is for what is shown before one has come in.
        """
        self._door.refuse_foreign_names(connection)
        if handler.opt.get("everybody"):
            return
        person = self.person_of(connection)
        must_be_allowed(person, handler.opt.get("may", May.LOOK), *handler.opt.get("or_may", ()))
        connection.scope["state"][_PERSON] = person

    def person(self, request: Request[Any, Any, Any]) -> Person:
        """Who was let in."""
        person = request.scope["state"].get(_PERSON) or self.person_of(request)
        assert isinstance(person, Person), "only a guard says who was let in"
        return person

    def house_for(self, request: Request[Any, Any, Any]) -> House:
        """The house in which they act under their own name."""
        return replace(self._door.correlated(request), actor=self.person(request).name)

    def person_of(self, connection: Connection) -> Person:
        """Who asks, by the cookie.

        Raises:
            NotAuthorizedException: nobody has signed in, or too long ago.
            ForbiddenError: the key has no role.
        """
        cookie = connection.cookies.get(SESSION, "")
        if not self.needs_key:
            person = who_chose(cookie) if cookie else self._nobody
            if person is None:
                raise NotAuthorizedException("say again who you are")
            return person
        key = self._sessions.key_of(cookie, self._now())
        if not key:
            raise NotAuthorizedException("sign in with a key")
        return self._person_with(key)

    def known(self, connection: Connection) -> Person | None:
        """Who asks, or None where nobody has come in."""
        try:
            return self.person_of(connection)
        except (NotAuthorizedException, ForbiddenError):
            return None

    def signed_in(self, key: str) -> tuple[Person, str]:
        """Whoever holds this key, and the cookie that says so.

        Raises:
            ForbiddenError: it is no key, or one without a role.
        """
        found = known_key(self._names_by_key, digest(key.strip().encode()))
        if not found:
            raise ForbiddenError("this is not a key of this installation")
        return self._person_with(found), self._sessions.issued(found, self._now())

    def _person_with(self, key: str) -> Person:
        name = self._names_by_key[key]
        if name not in self._people:
            raise ForbiddenError(
                f"the key {name!r} is for systems: it has no role in the console; "
                f"{SETTING} gives it one ({ALLOWED})"
            )
        return self._people[name]
