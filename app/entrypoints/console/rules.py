"""The rules in force, for the people who write them."""

from typing import Any
from urllib.parse import quote, urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Person
from app.authoring.workshop.written_rules import questions_in, rule_as_written
from app.entrypoints.console.pages import page
from app.errors import wrong_request
from app.operations.house import House
from app.operations.looking.rules_in_force import pack_in_force, packs_in_force, rule_in_force
from app.reports.rules.effects import AfterUnit
from app.settings import Settings


@get("/rules", sync_to_thread=True, include_in_schema=False)
def show_packs(
    request: Request[Any, Any, Any], person: NamedDependency[Person], house: NamedDependency[House]
) -> Response[bytes]:
    """Which rules decide for whom."""
    return page(request, "rules.html", person, packs=packs_in_force(house))


@get("/rules/{customer:str}", sync_to_thread=True, include_in_schema=False)
def show_pack(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    house: NamedDependency[House],
    customer: FromPath[str],
) -> Response[bytes]:
    """Every rule that decides for a customer."""
    found = pack_in_force(house, customer)
    questions = questions_in(Settings().rules)
    return page(request, "rule_pack.html", person, found=found, questions=questions)


@get("/rules/{customer:str}/{rule_id:str}", sync_to_thread=True, include_in_schema=False)
def show_rule(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    house: NamedDependency[House],
    customer: FromPath[str],
    rule_id: FromPath[str],
) -> Response[bytes]:
    """One rule, and what it does now."""
    after = _after(request.query_params.get("after", ""))
    found = rule_in_force(house, customer, rule_id, after)
    written = rule_as_written(Settings().rules, found.rule)
    following = found.effects.after
    here = f"/rules/{quote(customer, safe='')}/{quote(rule_id, safe='')}"
    onwards = urlencode({"after": f"{following.minor}.{following.unit}"}) if following else ""
    return page(
        request,
        "rule.html",
        person,
        found=found,
        written=written,
        first=here if after else "",
        onwards=f"{here}?{onwards}" if onwards else "",
    )


def _after(text: str) -> AfterUnit | None:
    """`12345.shipment:NS10404`: behind which unit to go on."""
    if not text:
        return None
    minor, _, unit = text.partition(".")
    if not unit or not minor.removeprefix("-").isdecimal() or len(minor) > len(str(2**60)):
        raise wrong_request("after", "it is no place in the list", "MONEY.UNIT")
    return AfterUnit(int(minor), unit)
