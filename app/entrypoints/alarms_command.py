"""The alarms and the dashboard that come with tollgate, as files for Prometheus and Grafana."""

from importlib import resources
from pathlib import Path

import click

from app import alarms as shipped

FILES = ("tollgate.rules.yaml", "grafana.json")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def alarms(folder: Path) -> None:
    """Write the alert rules for Prometheus and the dashboard for Grafana into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_bytes(resources.files(shipped).joinpath(name).read_bytes())
        click.echo(folder / name)
