"""A moment that somebody waited for has come."""

import msgspec

from app.measures import Instant


class Deadline(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="deadline",
    tag_field="entity",
):
    """A timer of a unit has fallen due. Natural key: `deadline`, as `provisional REFERENCE`.

    Told as a fact, because a decision knows no clock: its moment is that of the last word about
    the unit, and so the same facts give the same decision, before the deadline as after it.
    """

    deadline: str
    passed_at: Instant
