"""Who may come in, and under whose name they act.

Without keys only this machine may ask, by one of its own names (a name of somebody else's could be
pointed at it by whoever owns that name), and acts are recorded as `api`'s; a browser may not, for
any page it shows could make it ask. What is open to everybody answers by any name: whether the
process is alive, and a feed that is signed. With keys every
request but those marked open names one as `Authorization: Bearer KEY`, and acts are recorded
under the key's name. A key with a role is a person's: it opens the console and nothing else here.
"""

import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

from app.digest import digest
from app.entrypoints.api.correlated import NAMED, STATE
from app.entrypoints.api.roles import people_of
from app.errors import DeploymentError, ForbiddenError, ForeignHostError, Mistake, Place
from app.operations.house import House
from app.settings import Settings

KEYLESS_ACTOR = "api"
OPEN = {"open": True}
"""The `opt` of a route that answers everybody."""

_SETTING = "TOLLGATE_API_KEYS"
Connection = ASGIConnection[Any, Any, Any, Any]


class Door:
    """Knows the keys by their digests, and whose each is."""

    def __init__(self, house: House, settings: Settings) -> None:
        self._house = house
        self._names_by_key = keys_of(settings)
        self._people = people_of(settings.roles, self._names_by_key.values())

    def let_in(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Raise NotAuthorizedException where a key is needed and not given."""
        if not handler.opt.get("open"):
            self.actor_of(connection)

    def house_for(self, request: Request[Any, Any, Any]) -> House:
        """The house in which the caller acts under its own name."""
        return replace(self.correlated(request), actor=self.actor_of(request))

    def correlated(self, request: Request[Any, Any, Any]) -> House:
        """The house in the affair of the request, under nobody's name yet."""
        state = request.scope["state"]
        return replace(self._house, correlation_id=state[STATE], affair_is_named=state[NAMED])

    def refuse_foreign_names(self, connection: Connection) -> None:
        """Raise ForeignHostError where this machine, without keys, is asked by another's name."""
        host = connection.headers.get("host", "")
        if self._names_by_key or is_loopback(name_in(host)):
            return
        mistake = Mistake(
            place=Place(field="Host"),
            what=f"{host[:100]!r} is no name of this machine" if host else "it names no host",
            allowed="127.0.0.1, [::1] or localhost, with any port",
            mend=f"ask by one of these, or configure keys with {_SETTING}",
        )
        raise ForeignHostError("without keys only this machine may ask, by its own name", [mistake])

    def actor_of(self, connection: Connection) -> str:
        """The name of the key that the request carries.

        Raises:
            NotAuthorizedException: a key is needed and not given.
            PermissionDeniedException: no key is needed, and a browser asks for a page.
            ForeignHostError: no key is needed, and this machine is asked by another's name.
            ForbiddenError: the key is a person's.
        """
        if not self._names_by_key:
            self.refuse_foreign_names(connection)
            if "origin" in connection.headers:
                raise PermissionDeniedException("without keys, pages in a browser may not ask")
            return KEYLESS_ACTOR
        scheme, _, key = connection.headers.get("authorization", "").partition(" ")
        found = known_key(self._names_by_key, digest(key.strip().encode()))
        if scheme.lower() != "bearer" or not found:
            raise NotAuthorizedException("send a valid key as `Authorization: Bearer KEY`")
        name = self._names_by_key[found]
        if name in self._people:
            raise ForbiddenError(
                f"the key of {name} is a person's, for the console; a system asks with a key that "
                "has no role in TOLLGATE_ROLES"
            )
        return name


def name_in(host: str) -> str:
    """The name or address in a `Host` header, without its port; empty where there is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def known_key(keys: Iterable[str], given: str) -> str:
    """The digest among these that is the given one; empty where none is."""
    # All are compared, and digests rather than keys, so that time tells nothing.
    return "".join([each for each in keys if hmac.compare_digest(each, given)])


def keys_of(settings: Settings) -> dict[str, str]:
    """The name of each configured key, by the key's digest.

    Raises:
        DeploymentError: a pair cannot be read; no key is ever repeated in the message.
    """
    pairs = [part.strip() for part in settings.api_keys.get_secret_value().split(",")]
    names: dict[str, str] = {}
    for at, pair in enumerate(filter(None, pairs), start=1):
        name, _, key = (part.strip() for part in pair.partition(":"))
        if not name or not key or name in names.values() or digest(key.encode()) in names:
            mistake = Mistake(
                place=Place(field=_SETTING),
                what=f"pair {at} cannot be read, or repeats a name or key",
                allowed="name:key pairs separated by commas",
            )
            raise DeploymentError("the keys of the HTTP entrance cannot be read", [mistake])
        names[digest(key.encode())] = name
    return names


def refuse_open_door(settings: Settings, host: str) -> None:
    """Raise DeploymentError where anybody on the network could ask without a key."""
    if keys_of(settings) or is_loopback(host):
        return
    mistake = Mistake(
        place=Place(field=_SETTING),
        what="no key is configured",
        allowed="name:key pairs separated by commas",
        mend="configure keys, or listen on 127.0.0.1",
    )
    raise DeploymentError(f"listening on {host} would let anybody in", [mistake])


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, which no other machine can be."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
