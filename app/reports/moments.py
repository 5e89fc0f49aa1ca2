"""Moments as pages write them."""

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """`2026-03-06 23:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
