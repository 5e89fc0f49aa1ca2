"""What people decide about their work: a hold waived, a hold given to somebody."""

import msgspec

from app.measures import Instant
from app.money import Money


class Waiver(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="waiver",
    tag_field="entity",
):
    """A person lets an invoice go out for good although a hold stands. Natural key: `waiver`."""

    waiver: str
    hold: str
    """The hold's code; only what the catalogue calls waivable can be waived."""
    subject: str = ""
    """What the hold is about, `charge:linehaul`; without one, every hold of the code."""
    granted: bool
    """False takes it back."""
    approver: str
    reason: str
    up_to: Money | None = None
    """The most that may hang on the hold; without a limit, whatever does."""
    expires_at: Instant | None = None
    """From then on it waives nothing."""

    def __post_init__(self) -> None:
        """Refuse what waives nothing in particular, and what nobody or no reason stands behind."""
        for name in ("waiver", "hold", "approver", "reason"):
            if not getattr(self, name).strip():
                raise ValueError(f"a waiver names its {name}")


class Assignment(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    tag="assignment",
    tag_field="entity",
):
    """A person works on a hold; no decision sees it. Natural key: `assignment`."""

    assignment: str
    """The same for every word on one hold of one unit, so that the last one counts."""
    hold: str
    subject: str = ""
    to: str = ""
    """Whose work it is; nobody's, so that it is its queue's again."""
    by: str
    note: str = ""
