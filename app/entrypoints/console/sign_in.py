"""Saying who one is: with a key that has a role, or by choice on a machine without keys."""

from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody

from app.access import Person, Role
from app.entrypoints.api.roles import person_in
from app.entrypoints.console.forms import SESSION, set_cookie
from app.entrypoints.console.identity import Identity
from app.entrypoints.console.pages import SIGN_IN, home_of, moved, page
from app.entrypoints.console.sessions import LASTS, chosen, is_name
from app.errors import ForbiddenError, Mistake, Place, RequestError
from app.operations.house import House
from app.operations.looking.known_customers import must_be_known


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it was filled in: a key where there are keys, else the rest."""

    key: str = ""
    name: str = ""
    role: str = ""
    customer: str = ""
    then: str = ""
    """The page that was asked for before."""


@get(SIGN_IN, opt={"everybody": True}, sync_to_thread=True, include_in_schema=False)
def show_sign_in(
    request: Request[Any, Any, Any],
    identity: NamedDependency[Identity],
    then: FromQuery[str] = "",
) -> Response[bytes]:
    """The form, filled in with who one is now."""
    person = identity.known(request)
    said = Said(then=then)
    if person is not None:
        said = Said(name=person.name, role=person.role, customer=person.customer, then=then)
    return _form(request, identity, said)


@post(SIGN_IN, opt={"everybody": True}, sync_to_thread=True, include_in_schema=False)
def sign_in(
    request: Request[Any, Any, Any],
    identity: NamedDependency[Identity],
    open_house: NamedDependency[House],
    data: URLEncodedBody[Said],
) -> Response[bytes]:
    """On to the page that was asked for, or the form again with what is wrong."""
    try:
        if identity.needs_key:
            person, cookie = identity.signed_in(data.key)
        else:
            person = _chosen(open_house, data)
            cookie = chosen(person)
    except ForbiddenError as error:
        return _form(request, identity, data, error, HTTPStatus.FORBIDDEN)
    except RequestError as error:
        return _form(request, identity, data, error, HTTPStatus.UNPROCESSABLE_ENTITY)
    response = moved(_path_here(data.then) or home_of(person))
    set_cookie(request, response, SESSION, cookie, max_age=int(LASTS.total_seconds()))
    return response


@post("/sign-out", opt={"everybody": True}, sync_to_thread=True, include_in_schema=False)
def sign_out() -> Response[bytes]:
    """Nobody is signed in."""
    response = moved(SIGN_IN)
    response.delete_cookie(SESSION)
    return response


def _form(
    request: Request[Any, Any, Any],
    identity: Identity,
    said: Said,
    wrong: RequestError | None = None,
    status: int = HTTPStatus.OK,
) -> Response[bytes]:
    person = identity.known(request)
    return page(
        request,
        "sign_in.html",
        person,
        status=status,
        said=said,
        roles=tuple(Role),
        needs_key=identity.needs_key,
        wrong=wrong,
    )


def _chosen(house: House, said: Said) -> Person:
    name, customer = said.name.strip(), said.customer.strip()
    if not is_name(name):
        raise _wrong("name", f"{name!r} is no name", "1 to 100 characters that can be printed")
    if said.role == Role.CUSTOMER and not is_name(customer):
        raise _wrong("customer", "it is empty or no name", "the name of one customer")
    role = f"customer={customer}" if said.role == Role.CUSTOMER else said.role
    person = person_in(name, role)
    if person is None:
        raise _wrong("role", f"{said.role!r} is no role", ", ".join(Role))
    if person.customer:
        must_be_known(house, person.customer)
    return person


def _wrong(field: str, what: str, allowed: str) -> RequestError:
    mistake = Mistake(place=Place(field=field), what=what, allowed=allowed)
    return RequestError("this does not say who you are", [mistake])


def _path_here(then: str) -> str:
    """The path, where it is one of this console; never an address elsewhere."""
    here = then.startswith("/") and not then.startswith("//")
    return then if here and then.isascii() and then.isprintable() and "\\" not in then else ""
