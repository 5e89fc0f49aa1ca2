"""Moments as they are written on the command line: with their offset, or they say no moment."""

import click

INSTANT = click.DateTime([f"%Y-%m-%d{sep}%H:%M{sec}%z" for sep in "T " for sec in (":%S", "")])
