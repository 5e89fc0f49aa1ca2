"""The command line: what a person can ask of tollgate.

Exit codes: 0 done; 1 the request failed, a message was refused, or a replay differs;
2 the command was written wrongly. `decide --exit-code` adds 3 to 7, one for each verdict.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from app.digest import canonical
from app.entrypoints import quarantine_commands
from app.entrypoints.alarms_command import alarms
from app.entrypoints.all_work import work_forever
from app.entrypoints.asyncapi import asyncapi_document
from app.entrypoints.consolidate_command import consolidate
from app.entrypoints.correction_commands import adjustments, correct
from app.entrypoints.costs_commands import costs
from app.entrypoints.disputes_commands import disputes
from app.entrypoints.drafts import made_if_new, working_house
from app.entrypoints.entitlement_commands import entitled
from app.entrypoints.family_command import family
from app.entrypoints.feeds_commands import feeds
from app.entrypoints.jobs_commands import jobs
from app.entrypoints.kpi_command import show_kpis
from app.entrypoints.moments import INSTANT
from app.entrypoints.plainly import told_plainly
from app.entrypoints.rates_commands import rates
from app.entrypoints.risk_command import show_value_at_risk
from app.entrypoints.rules_commands import rules
from app.entrypoints.sendings_commands import sendings
from app.entrypoints.tariff_commands import tariffs
from app.evidence.intake.feed import Lane
from app.explanation.report import decision_report, explanation_report
from app.judgement.verdict import Verdict
from app.main import upgrade_database
from app.operations.deciding.decide_unit import decide_unit
from app.operations.deciding.replay_decisions import replay_decisions
from app.operations.deciding.unlock_unit import unlock_decision
from app.operations.entitling.entitlements import extra_services
from app.operations.looking.family import known_family
from app.operations.looking.read_trace import stored_trace
from app.operations.looking.story import unit_story
from app.operations.receiving.record_messages import Receipt, record_messages
from app.settings import Settings

EXIT_BY_VERDICT = {
    Verdict.RELEASE: 0,
    Verdict.PROVISIONAL: 3,
    Verdict.HOLD: 4,
    Verdict.NO_BILL: 5,
    Verdict.CREDIT: 6,
    Verdict.BILLED: 7,
}
MEDIA = {".json": "application/json", ".edi": "application/edi-x12", ".x12": "application/edi-x12"}


@click.group(name="tollgate")
@click.version_option(version("tollgate"))
def main() -> None:
    """Billing readiness in logistics: may this invoice go out, for how much, and why."""


@main.command()
@told_plainly
def demo() -> None:
    """Load a made-up week of a 3PL, decide every unit, and show the table."""
    from app.entrypoints.demo import run_demo  # noqa: PLC0415  only this command needs the files

    settings = Settings()
    with working_house(settings, accept=False) as house:
        run_demo(settings, house, Console())


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@told_plainly
def ingest(files: tuple[Path, ...]) -> None:
    """Record messages: X12 and CloudEvents files, or folders of them."""
    with working_house(Settings()) as house:
        receipts = [
            record_messages(house, path.read_bytes(), path.name, media=MEDIA.get(path.suffix, ""))
            for path in progress(_files_in(files), "Reading")
        ]
    for receipt in receipts:
        for line in receipt_lines(receipt):
            click.echo(line)
    bad = sum(receipt.counted("refused") + receipt.counted("conflict") for receipt in receipts)
    sys.exit(1 if bad else 0)


def _files_in(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = (each for each in path.rglob("*") if each.is_file())
        found += sorted(inside) if path.is_dir() else [path]
    return found


def progress(things: Iterable[Any], doing: str) -> Iterable[Any]:
    """The things, with a bar on a terminal and silence in a pipe."""
    if not sys.stderr.isatty():
        return things
    return track(list(things), description=doing, console=Console(stderr=True))


def receipt_lines(receipt: Receipt) -> Iterator[str]:
    """What became of a file, a line a message."""
    for message in receipt.messages:
        facts = f", {len(message.fact_ids)} facts" if message.fact_ids else ""
        resent = f", {message.resends} said before" if message.resends else ""
        yield (
            f"{receipt.name}: {message.outcome} {message.kind} {message.message_id}{facts}{resent}"
        )
        for fault in message.faults:
            yield f"    {fault.code} at {fault.place}: {fault.detail}"


@main.command()
@click.argument("reference")
@click.option("--known-at", type=INSTANT, help="As known then: 2026-03-05T12:00Z.")
@click.option("--json", "as_json", is_flag=True, help="The decision as canonical JSON.")
@click.option(
    "--exit-code", is_flag=True, help="Exit 3 provisional, 4 hold, 5 no bill, 6 credit, 7 billed."
)
@told_plainly
def decide(reference: str, known_at: datetime | None, *, as_json: bool, exit_code: bool) -> None:
    """Decide about the unit that goes by a number: shipment, order, BOL, PRO, ..."""
    with working_house(Settings()) as house:
        decision = decide_unit(house, reference, known_at).decision
        billed = () if known_at else known_family(house, decision.unit).documents
    if as_json:
        click.echo(canonical(decision).decode())
    else:
        click.echo("\n".join(decision_report(decision, billed)))
    sys.exit(EXIT_BY_VERDICT[decision.verdict] if exit_code else 0)


@main.command()
@click.argument("reference")
@told_plainly
def explain(reference: str) -> None:
    """Show why, and what would release it: every value, charge and rule, fired or not."""
    with working_house(Settings()) as house:
        decision = decide_unit(house, reference).decision
        trace = stored_trace(house, decision.decision_id)
        unlocking = unlock_decision(house, decision.decision_id)
        billed = known_family(house, decision.unit).documents
        story = unit_story(house, decision.unit)
        extra = extra_services(house, decision.decision_id)
    told = explanation_report(decision, trace, unlocking, extra, billed=billed, story=story)
    click.echo("\n".join(told))


@main.command()
@click.argument("decision", required=False)
@click.option("--all", "everything", is_flag=True, help="Every stored decision.")
@told_plainly
def replay(decision: str | None, *, everything: bool) -> None:
    """Compute stored decisions again from their dossiers and compare the bytes."""
    if bool(decision) == everything:
        raise click.UsageError("name one decision, or say --all")
    same, different = 0, 0
    with working_house(Settings(), accept=False) as house:
        for each in progress(replay_decisions(house, decision), "Replaying"):
            if each.differs:
                different += 1
                click.echo(f"{each.unit} {each.decision_id}: {each.differs} differs")
            else:
                same += 1
    click.echo(f"{same} decisions byte-identical, {different} different")
    sys.exit(1 if different else 0)


@main.command()
@click.option("--port", default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--work/--no-work", default=True, help="Decide what is due, or leave it to others.")
@told_plainly
def serve(port: int, host: str, *, work: bool) -> None:
    """Answer over HTTP, on loopback unless told otherwise with keys configured."""
    from app.entrypoints.serving import serve_forever  # noqa: PLC0415  the web stack is slow

    settings = Settings()
    made_if_new(settings)
    serve_forever(settings, host, port, work=work)


@main.command()
@click.option(
    "--lane", "lanes", multiple=True, type=click.Choice(tuple(Lane)), help="Only these lanes."
)
@told_plainly
def work(lanes: tuple[str, ...]) -> None:
    """Decide what is due, beside any number of other processes, until told to stop."""
    settings = Settings()
    made_if_new(settings)
    work_forever(settings, [Lane(lane) for lane in lanes] or tuple(Lane))


main.add_command(rules)
main.add_command(alarms)
rates.add_command(correct)
main.add_command(rates)
main.add_command(adjustments)
main.add_command(tariffs)
main.add_command(quarantine_commands.quarantined)
main.add_command(quarantine_commands.replay)
main.add_command(quarantine_commands.numbered_gaps)
main.add_command(jobs)
main.add_command(sendings)
main.add_command(feeds)
main.add_command(costs)
main.add_command(entitled)
main.add_command(show_value_at_risk)
main.add_command(show_kpis)
main.add_command(consolidate)
main.add_command(disputes)
main.add_command(family)


@main.command()
def asyncapi() -> None:
    """Write the AsyncAPI document of every event that goes out and every fact that comes in."""
    document = asyncapi_document(version("tollgate"))
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


@main.group()
def db() -> None:
    """The database."""


@db.command()
@told_plainly
def upgrade() -> None:
    """Bring the schema up to date."""
    click.echo(f"schema is at revision {upgrade_database(Settings())}")


if __name__ == "__main__":
    main()
