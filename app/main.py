"""The only place where storage, engine, files and clock meet.

It puts a working house together; the entrypoints above it come in, ask for one, and hand it
to the operations below.
"""

import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.authoring.files.authority_files import load_authority
from app.authoring.files.card_files import load_card
from app.authoring.files.contract_files import load_contract
from app.authoring.files.destination_files import read_destinations
from app.authoring.files.partner_files import read_partners
from app.authoring.files.rule_files import load_packs, load_withdrawn
from app.authoring.workshop.case_files import RuleCase, read_cases
from app.errors import FileError, Mistake, Place
from app.infrastructure.engine.compile import compile_pack
from app.infrastructure.engine.pool import EnginePool
from app.infrastructure.storage.database import Database
from app.judgement.rulebook.key import Key
from app.judgement.rulebook.model import RulePack
from app.operations.changing.accept_editions import Drafts
from app.operations.house import House
from app.operations.jobs.kinds import kinds
from app.pricing.agreed.flaw import Flaw
from app.pricing.rating.card import RateCard
from app.settings import Settings

if TYPE_CHECKING:
    from app.infrastructure.lanes.job_book import JobBook
    from app.infrastructure.lanes.long_work import LongWork

T = TypeVar("T")
PROCESSES = 64
"""On one machine, that share the long work."""


def now() -> datetime:
    """The moment, in UTC; nothing between facts and decision may call it."""
    return datetime.now(UTC)


def clock_of(database: Database) -> Callable[[], datetime]:
    """The moment as it is told in a database: the real one, but in the demo's."""
    ahead = database.clock()
    return (lambda: now() + ahead) if ahead else now


@contextmanager
def open_house(settings: Settings, actor: str | None = None) -> Iterator[House]:
    """A tollgate ready to work: database at its current schema, engine at hand.

    Raises:
        DeploymentError: the database cannot be reached or its schema is not current.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        database.check_current()
        clock = clock_of(database)
        with EnginePool(settings.engine_workers, settings.engine_time_limit_s) as engine:
            yield House(
                database=database,
                first_key=engine,
                tenant=settings.tenant,
                actor=actor or settings.actor,
                now=clock,
                told_time=clock is not now,
            )
    finally:
        database.close()


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database alone, for whoever only looks up what is stored.

    Raises:
        DeploymentError: it cannot be reached or its schema is not current.
    """
    database = Database(settings.database_url.get_secret_value())
    try:
        database.check_current()
        yield database
    finally:
        database.close()


@contextmanager
def long_work(settings: Settings, house: House) -> Iterator["LongWork"]:
    """This process's share in what is long: replays, back-fills, exports.

    Raises:
        DeploymentError: with SQLite, another process does it already.
    """
    from app.infrastructure.lanes.long_work import LongWork  # noqa: PLC0415  slow to import

    machine = socket.gethostname()
    numbered = [f"{machine}-{number}" for number in range(1, PROCESSES + 1)]
    names = [settings.executor] if settings.executor else numbered
    url = settings.database_url.get_secret_value()
    with LongWork(url, kinds(house), executors=names, now=now) as work:
        yield work


@contextmanager
def open_jobs(settings: Settings) -> Iterator["JobBook"]:
    """The jobs of the database, to start, look up and cancel; it runs none."""
    from app.infrastructure.lanes.job_book import open_job_book  # noqa: PLC0415  slow to import

    with open_job_book(settings.database_url.get_secret_value()) as book:
        yield book


def upgrade_database(settings: Settings) -> str:
    """Bring the schema up to date; returns its revision."""
    database = Database(settings.database_url.get_secret_value())
    try:
        return database.upgrade()
    finally:
        database.close()


def read_drafts(settings: Settings) -> Drafts:
    """Everything under rules/ and ratecards/, read together.

    Raises:
        FileError: with every mistake of every file.
    """
    customers = sorted(path for path in settings.ratecards.glob("*/") if path.is_dir())
    notes: list[Mistake] = []
    withdrawn = _read(notes, partial(load_withdrawn, settings.rules)) or frozenset()
    packs = _read(notes, partial(_packs_the_engine_can_run, settings.rules))
    # Without packs there are no names to read cases by.
    cases = _read(notes, partial(read_cases, settings.rules, packs)) if packs else ()
    authority = _read(notes, partial(load_authority, settings.rules))
    profiles = _read(notes, partial(read_partners, settings.rules / "partners"))
    destinations = _read(notes, partial(read_destinations, settings.rules / "partners"))
    cards = [_read(notes, partial(load_card, at)) for at in _with(customers, "card.yaml")]
    contracts = [
        _read(notes, partial(load_contract, at)) for at in _with(customers, "contract.yaml")
    ]
    if notes or packs is None or authority is None or profiles is None or destinations is None:
        raise FileError("the drafts are not accepted; what is in force stays", notes)
    return Drafts(
        packs=packs,
        authority=authority,
        profiles=profiles,
        destinations=destinations,
        cards=tuple(card for card in cards if card is not None),
        contracts=tuple(contract for contract in contracts if contract is not None),
        withdrawn=withdrawn,
        cases=cases or (),
    )


def read_rules(settings: Settings) -> tuple[tuple[RulePack, ...], tuple[RuleCase, ...]]:
    """The rules and their cases alone.

    Raises:
        FileError: with every mistake of every file.
    """
    notes: list[Mistake] = []
    packs = _read(notes, partial(_packs_the_engine_can_run, settings.rules)) or ()
    others: tuple[Callable[[], object], ...] = (
        partial(load_withdrawn, settings.rules),
        partial(load_authority, settings.rules),
    )
    for reader in others:
        _read(notes, reader)
    cases = (_read(notes, partial(read_cases, settings.rules, packs)) if packs else None) or ()
    if notes:
        raise FileError("the rules are not accepted; what is in force stays", notes)
    return packs, cases


@contextmanager
def open_engine(settings: Settings) -> Iterator[Key]:
    """An engine without a database, to try rules with."""
    with EnginePool(settings.engine_workers, settings.engine_time_limit_s) as engine:
        yield engine


def read_cards(
    folders: Sequence[Path], also: Callable[[RateCard], Iterable[Flaw]]
) -> tuple[RateCard, ...]:
    """The rate cards in these folders, each with the contract beside it proved too.

    Raises:
        FileError: with every mistake of every file.
    """
    notes: list[Mistake] = []
    cards = [_read(notes, partial(load_card, folder, also)) for folder in folders]
    for folder in _with(list(folders), "contract.yaml"):
        _read(notes, partial(load_contract, folder))
    if notes:
        raise FileError("the rate cards are not accepted; what is in force stays", notes)
    return tuple(card for card in cards if card is not None)


def card_folders(settings: Settings) -> tuple[Path, ...]:
    """Every customer's folder with a rate card, by name."""
    customers = sorted(path for path in settings.ratecards.glob("*/") if path.is_dir())
    return tuple(_with(customers, "card.yaml"))


def _packs_the_engine_can_run(rules: Path) -> tuple[RulePack, ...]:
    packs = load_packs(rules)
    for pack in packs:
        compile_pack(pack)
    return packs


def _read(notes: list[Mistake], reader: Callable[[], T]) -> T | None:
    """What the reader returns, or None with its mistakes noted."""
    try:
        return reader()
    except FileError as error:
        notes.extend(error.mistakes or [Mistake(place=Place(), what=str(error))])
    except (OSError, UnicodeDecodeError) as error:
        name = getattr(error, "filename", None) or "a file"
        notes.append(Mistake(place=Place(), what=f"{name} cannot be read: {error}"))
    return None


def _with(folders: list[Path], name: str) -> list[Path]:
    return [folder for folder in folders if (folder / name).exists()]
