"""The options of `tollgate rates quote` as a case with one shipment, as a file would give it.

So options and files are read by one reader, and a mistake names the option it stands in.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import click

from app.authoring.files.located_yaml import Mapping, Node, Scalar, load
from app.authoring.files.located_yaml import Sequence as Listed
from app.errors import Place

THE_LINE = Place(field="the command line")

PLAIN = {
    "origin": ("from", "--from"),
    "destination": ("to", "--to"),
    "weight": ("weight", "--weight"),
    "freight_class": ("freight class", "--class"),
    "distance": ("distance", "--distance"),
    "pallets": ("pallets", "--pallets"),
    "pieces": ("pieces", "--pieces"),
    "cartons": ("cartons", "--cartons"),
    "mode": ("mode", "--mode"),
}
"""Options with one value: what a case calls them."""

LISTS = {
    "claims": ("--claim", ("charge", "quantity", "unit")),
    "shipped": ("--shipped", ("quantity", "unit", "item")),
    "work": ("--work", ("quantity", "task")),
}
"""Options that may be given again: the names of their words, the last of which takes the rest."""


def case_of_options(asked: dict[str, Any], on: date) -> Node:
    """The options as a case with one shipment, delivered on its day; values know their options."""
    values: list[tuple[str, Node]] = [("delivered", Scalar(f"{on} 12:00", Place(field="--on")))]
    values += [
        (key, Scalar(asked[name], Place(field=option)))
        for name, (key, option) in PLAIN.items()
        if asked[name]
    ]
    values += [_pair(text, "--with") for text in asked["more"]]
    values += [
        (key, _list([_words(text, option, names) for text in asked[key]]))
        for key, (option, names) in LISTS.items()
        if asked[key]
    ]
    case: list[tuple[str, Node]] = [("shipments", _map([("QUOTE", _map(values))]))]
    if asked["index"]:
        case.append(("index", _map([_pair(text, "--index") for text in asked["index"]])))
    if facts := [node for text in asked["facts"] for node in load(text, "--fact")]:
        case.append(("facts", _list(facts)))
    return _map(case)


def _map(values: Sequence[tuple[str, Node]]) -> Mapping:
    return Mapping(tuple((Scalar(key, THE_LINE), value) for key, value in values), THE_LINE)


def _list(items: Sequence[Node]) -> Listed:
    return Listed(tuple(items), THE_LINE)


def _pair(text: str, option: str) -> tuple[str, Node]:
    key, equals, value = text.rpartition("=")
    if not equals:
        raise click.UsageError(f"{option} is written as name=value, not {text!r}")
    return key.strip(), Scalar(value.strip(), Place(field=option))


def _words(text: str, option: str, names: tuple[str, ...]) -> Mapping:
    """The words of an option under their names; the last name takes what is left."""
    words = text.split(maxsplit=len(names) - 1)
    return _map([(n, Scalar(w, Place(field=option))) for n, w in zip(names, words, strict=False)])
