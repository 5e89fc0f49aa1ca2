"""Our own errors are sentences for people, not tracebacks."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from app.errors import TollgateError


def told_plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """The command, ending with a sentence and exit code 1 where it cannot be carried out."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except TollgateError as error:
            click.echo(f"tollgate: {error}", err=True)
            sys.exit(1)

    return run
