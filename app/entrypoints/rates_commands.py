"""`tollgate rates`: what the person who writes rate cards asks before they come into force."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from app.authoring.files.card_files import load_card
from app.authoring.files.located_yaml import Node, load, nearest
from app.authoring.files.typed_fields import Notes
from app.authoring.files.workbooks import sheets_of, write_tables
from app.authoring.workshop.card_report import report_of
from app.authoring.workshop.quote_cases import card_of_case, request_in, text_in
from app.authoring.workshop.quotes import quote as quoted_by
from app.authoring.workshop.quotes import source_of
from app.digest import canonical, digest_of
from app.entrypoints.plainly import told_plainly
from app.entrypoints.quote_options import case_of_options
from app.entrypoints.rates_report import card_lines, difference_lines, money_lines, no_cards
from app.errors import DeploymentError, FileError, NotFoundError, RequestError
from app.evidence.facts.fact import Fact
from app.explanation.rating_in_words import rating_in_words
from app.explanation.rating_report import rating_report
from app.infrastructure.storage.store import Store
from app.main import card_folders, now, open_database, read_cards
from app.operations.changing.editions_in_force import accepted_card
from app.operations.looking.rate_units import rate_unit, repriced_units
from app.pricing.agreed.flaw import Flaw
from app.pricing.lines.charge import Rated
from app.pricing.rating.card import RateCard
from app.pricing.rating.history import overwritten
from app.settings import Settings

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
SHOWN = 10
"""So many break points and boundary cases are shown, unless all are asked for."""


@click.group()
def rates() -> None:
    """Check, quote, compare and correct rate cards; only `correct --accept` changes anything."""


@rates.command()
@click.argument("folders", nargs=-1, type=FOLDER)
@click.option("--all", "everything", is_flag=True, help="Every boundary, not only ten.")
@told_plainly
def check(folders: tuple[Path, ...], *, everything: bool) -> None:
    """Show every mistake of every rate card, and what a good one covers."""
    settings = Settings()
    wanted = folders or card_folders(settings)
    with stored(settings) as store:
        cards = read_cards(wanted, partial(_overwritten, store))
        before = [_accepted(store, card.customer) for card in cards]
    if not cards:
        raise NotFoundError(no_cards(settings.ratecards))
    shown = None if everything else SHOWN
    for folder, card, accepted in zip(wanted, cards, before, strict=True):
        for line in card_lines(folder, card, report_of(card), accepted, shown):
            click.echo(line)


def _overwritten(store: Store | None, card: RateCard) -> Iterable[Flaw]:
    """What would change a price of the past, where an edition of the card is in force."""
    before = _accepted(store, card.customer)
    if store is None or before is None:
        return ()
    return overwritten(before, card, (now() + store.clock()).date())


def _accepted(store: Store | None, customer: str) -> RateCard | None:
    return accepted_card(store, customer) if store else None


@contextmanager
def stored(settings: Settings) -> Iterator[Store | None]:
    """What is stored; None where there is no database yet, or none that can be asked."""
    with ExitStack() as opened:
        store = None
        try:
            store = opened.enter_context(really_stored(settings))
        except DeploymentError as error:
            click.echo(f"tollgate: no accepted edition is looked at: {error}", err=True)
        yield store


@contextmanager
def really_stored(settings: Settings) -> Iterator[Store]:
    """What is stored, for whoever cannot do without."""
    with open_database(settings) as database, database.reading(settings.tenant) as store:
        yield store


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A card, and where it comes from, said aloud."""

    card: RateCard
    said: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One shipment priced, ready to be shown."""

    unit: str
    customer: str
    card: str
    said: str
    rated: Rated
    facts: dict[str, str]
    """Who told each fact, by id."""
    title: str = ""


@rates.command()
@click.argument("customer", default="")
@click.option("--from", "origin", help="Chicago IL 60601")
@click.option("--to", "destination", help="Atlanta GA 30301")
@click.option("--weight", help="1800 lb")
@click.option("--class", "freight_class", help="The freight class: 70.")
@click.option("--distance", "--miles", help="786 mi PC*MILER")
@click.option("--pallets")
@click.option("--pieces")
@click.option("--cartons")
@click.option("--mode", help="LTL, TL, ...")
@click.option("--with", "more", multiple=True, help="Anything else of a shipment: carrier=ABFL")
@click.option("--claim", "claims", multiple=True, help="liftgate, or how much: lumper 2 hour")
@click.option("--shipped", multiple=True, help="What left the warehouse: 12 case PEPPER")
@click.option("--work", multiple=True, help="What was done there: 4 labelling")
@click.option("--fact", "facts", multiple=True, help="Anything a system may say, as YAML.")
@click.option("--index", multiple=True, help="EIA on-highway diesel US=2.913")
@click.option("--on", type=DAY, help="The day on which it moves: 2026-03-05.")
@click.option("--known-on", type=DAY, help="Only prices known on this day count.")
@click.option("--case", "case", type=FILE, help="Shipments in the form in which cases are written.")
@click.option("--shipment", "reference", help="A stored unit, by any of its numbers.")
@click.option("--card", "folder", type=FOLDER, help="A draft, instead of the card in force.")
@click.option("--explain", is_flag=True, help="In plain sentences, for the phone.")
@click.option("--json", "as_json", is_flag=True, help="Everything as canonical JSON.")
@told_plainly
def quote(
    customer: str,
    on: datetime | None,
    known_on: datetime | None,
    case: Path | None,
    reference: str | None,
    folder: Path | None,
    *,
    explain: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """Price any shipment on any day, with the whole working; exit 1 if a price is missing.

    Nothing is stored. Without --card the accepted edition in force counts, and where there is
    none the draft, which is said.
    """
    settings = Settings()
    day = on.date() if on else None
    known = known_on.date() if known_on else None
    if reference:
        _refuse_beside({**asked, "on": on, "case": case}, "--shipment")
        answers = [_of_unit(settings, reference, customer, folder, known)]
    elif case:
        _refuse_beside(asked, "--case")
        answers = list(_of_case(settings, case, customer, folder, day, known))
    else:
        if day is None:
            raise click.UsageError("say on which day it moves: --on 2026-03-05")
        chosen = choose_card(settings, customer, folder)
        answers = list(_answers(case_of_options(asked, day), chosen, day, known or date.max))
    for each in answers:
        for line in _shown(each, explain=explain, as_json=as_json):
            click.echo(line)
    sys.exit(1 if any(each.rated.unpriced for each in answers) else 0)


def _refuse_beside(asked: dict[str, Any], option: str) -> None:
    if any(asked.values()):
        raise click.UsageError(f"{option} says what is shipped; no other option may")


def _shown(answer: Answer, *, explain: bool, as_json: bool) -> Iterator[str]:
    if as_json:
        yield canonical({**msgspec.structs.asdict(answer), "total": answer.rated.total}).decode()
        return
    if answer.title:
        yield f"== {answer.title}"
    yield f"{answer.unit}  customer {answer.customer or 'unknown'}"
    yield f"card: {answer.said}"
    if explain:
        yield from rating_in_words(answer.rated)
    else:
        yield from rating_report(answer.rated, answer.facts)


def _of_unit(
    settings: Settings, reference: str, customer: str, folder: Path | None, known_on: date | None
) -> Answer:
    """A stored unit rated again."""
    draft = choose_card(settings, customer, folder) if folder else None
    with really_stored(settings) as store:
        card = draft.card if draft else None
        rated = rate_unit(store, reference, card=card, known_on=known_on)
        if customer and rated.customer != customer:
            raise NotFoundError(f"{rated.unit} is of {rated.customer or 'nobody'}, not {customer}")
        used = accepted_card(store, rated.customer)
    said = draft.said if draft else _in_force(used) if used else "none is in force"
    return Answer(
        unit=rated.unit,
        customer=rated.customer,
        card=rated.card,
        said=said,
        rated=rated.rated,
        facts=_sources(rated.facts),
    )


def _of_case(
    settings: Settings,
    file: Path,
    customer: str,
    folder: Path | None,
    on: date | None,
    known_on: date | None,
) -> Iterator[Answer]:
    """Every shipment of every case of a file."""
    for node in load(file.read_text(encoding="utf-8"), str(file)):
        own = None if folder else card_of_case(node, file.parent)
        if own is not None:
            chosen = Chosen(card=own, said=f"{own.name}, as the case gives it")
        else:
            chosen = choose_card(settings, customer or text_in(node, "customer"), folder)
        known = known_on or _day(text_in(node, "known on")) or date.max
        day = on or _day(text_in(node, "on"))
        for each in _answers(node, chosen, day, known):
            yield msgspec.structs.replace(each, title=text_in(node, "case"))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RequestError(f"{text!r} is not a day; write it as 2026-03-05") from error


def _answers(node: Node, chosen: Chosen, on: date | None, known_on: date) -> Iterator[Answer]:
    notes = Notes()
    request = request_in(node, chosen.card, on, notes)
    if notes.mistakes:
        raise FileError("it is not clear what is to be priced", notes.once())
    for each in quoted_by(request, chosen.card, known_on):
        yield Answer(
            unit=each.unit,
            customer=chosen.card.customer,
            card=chosen.card.name,
            said=chosen.said,
            rated=each.rated,
            facts=_sources(each.facts),
        )


def _sources(facts: Mapping[str, Fact]) -> dict[str, str]:
    return {fact_id: source_of(fact) for fact_id, fact in facts.items()}


def choose_card(settings: Settings, customer: str, folder: Path | None) -> Chosen:
    """The draft asked for, else the accepted edition in force, else the customer's draft.

    Raises:
        FileError: the draft has mistakes.
        NotFoundError: there is no card for the customer.
    """
    if folder is not None:
        card = load_card(folder)
        if customer and customer != card.customer:
            raise NotFoundError(f"{folder} is the card of {card.customer}, not of {customer}")
        return Chosen(card=card, said=f"{card.name}, the draft in {folder}")
    if not customer:
        raise click.UsageError("name the customer, or a card by --card")
    with stored(settings) as store:
        if (accepted := _accepted(store, customer)) is not None:
            return Chosen(card=accepted, said=_in_force(accepted))
    drafts = {path.name: path for path in card_folders(settings)}
    if customer not in drafts:
        close = nearest(customer, drafts)
        hint = f"; did you mean {close!r}?" if close else ""
        raise NotFoundError(f"no card for {customer}; there are: {', '.join(drafts)}{hint}")
    card = load_card(drafts[customer])
    return Chosen(card=card, said=f"{card.name}, the draft: no edition of it is accepted yet")


def _in_force(card: RateCard) -> str:
    return f"{card.name}, accepted edition {digest_of(card)[:12]}"


@rates.command()
@click.argument("old", required=False, type=FOLDER)
@click.argument("new", required=False, type=FOLDER)
@click.option("--customer", help="The accepted edition in force against the draft.")
@told_plainly
def diff(old: Path | None, new: Path | None, customer: str | None) -> None:
    """Show what two cards say differently, and what that does to the money of stored units."""
    settings = Settings()
    if bool(customer) == bool(old or new) or bool(old) != bool(new):
        raise click.UsageError("name two folders, or one --customer")
    before, after = _both(settings, old, new, customer)
    if before.customer != after.customer:
        raise NotFoundError(f"one card is of {before.customer}, the other of {after.customer}")
    for line in difference_lines(before, after):
        click.echo(line)
    with stored(settings) as store:
        if store is not None:
            repriced = tuple(repriced_units(store, before, after))
            for line in money_lines(repriced):
                click.echo(line)


def _both(
    settings: Settings, old: Path | None, new: Path | None, customer: str | None
) -> tuple[RateCard, RateCard]:
    if old is not None and new is not None:
        return load_card(old), load_card(new)
    assert customer is not None, "two folders or a customer were named"
    with really_stored(settings) as store:
        accepted = accepted_card(store, customer)
    if accepted is None:
        raise NotFoundError(f"no card of {customer} was accepted yet")
    folders = {path.name: path for path in card_folders(settings)}
    if customer not in folders:
        raise NotFoundError(f"no draft for {customer}; there are: {', '.join(folders)}")
    return accepted, load_card(folders[customer])


@rates.command("import")
@click.argument("workbook", type=FILE)
@click.option(
    "--into",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the tables: ratecards/NORTHWIND/tables.",
)
@click.option("--replace", is_flag=True, help="Write over tables that are there already.")
@click.option("--computed", is_flag=True, help="Take what formulas came to last; each is said.")
@told_plainly
def import_workbook(workbook: Path, folder: Path, *, replace: bool, computed: bool) -> None:
    """Write every sheet of a workbook (XLSX) as a table, each value as it is shown."""
    sheets = sheets_of(workbook, computed=computed)
    written = write_tables(sheets, folder, replace=replace)
    for path, sheet in zip(written, sheets, strict=True):
        for each in sheet.said:
            click.echo(f"note: {each}")
        click.echo(f"written: {path}, {sheet.text.count(chr(10)) - 1} rows")
