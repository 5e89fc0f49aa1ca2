"""One step of a flow: done by what, or waiting for what and whom."""

from typing import Literal

import msgspec

from app.measures import Instant

State = Literal["done", "waiting", "ahead", "passed_over", "not_needed"]


class Act(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something stored that brought a flow further, by its kind and id."""

    kind: Literal["fact", "decision", "release", "invoice", "sending"]
    id: str
    at: Instant
    """When it happened, for a fact; when it was stored, for everything else."""
    by: str
    """The source and its message, or who acted."""
    says: str = ""
    correlation_id: str = ""


class Stage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step."""

    name: str
    state: State
    """`passed_over` is a step nobody told of although a later one is done."""
    at: Instant | None = None
    """When it was done."""
    acts: tuple[Act, ...] = ()
    waits_for: str = ""
    owner: str = ""
    """Who can end the waiting."""
    since: Instant | None = None
    """Since when it waits."""
    due_at: Instant | None = None
    """By when it should have ended, where a hold says so."""


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """What a step waits for, and whom."""

    waits_for: str
    owner: str
    since: Instant | None = None
    due_at: Instant | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step before its place among the others is known."""

    name: str
    acts: tuple[Act, ...] = ()
    held: Waiting | None = None
    """A hold that stands on it: then it waits, whatever was told."""
    otherwise: Waiting
    """What it waits for where no hold says so."""
    needed: bool = True


class Flow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A way a unit takes, step by step."""

    flow: str
    """`order_to_ship`, `ship_to_invoice` or `exception_to_credit`."""
    subject: str
    """The unit, or the exception."""
    stages: tuple[Stage, ...]


def stages_of(steps: tuple[Step, ...]) -> tuple[Stage, ...]:
    """The steps with their states: where nothing holds one, the first that is not done waits."""
    done = [place for place, step in enumerate(steps) if _is_done(step)]
    last = done[-1] if done else -1
    reached = steps[last].acts[-1].at if done else None
    stages: list[Stage] = []
    waits = False
    for place, step in enumerate(steps):
        stage = _stage(step, passed=place < last, first=not waits, since=reached)
        waits = waits or stage.state == "waiting"
        stages.append(stage)
    return tuple(stages)


def _is_done(step: Step) -> bool:
    return step.needed and bool(step.acts) and step.held is None


def _stage(step: Step, *, passed: bool, first: bool, since: Instant | None) -> Stage:
    if not step.needed:
        return Stage(name=step.name, state="not_needed", acts=step.acts)
    if step.held is not None:
        return _waiting(step, step.held)
    if step.acts:
        return Stage(name=step.name, state="done", at=step.acts[-1].at, acts=step.acts)
    if passed:
        return Stage(name=step.name, state="passed_over")
    if not first:
        return Stage(name=step.name, state="ahead")
    return _waiting(step, msgspec.structs.replace(step.otherwise, since=since))


def _waiting(step: Step, waiting: Waiting) -> Stage:
    return Stage(
        name=step.name,
        state="waiting",
        acts=step.acts,
        waits_for=waiting.waits_for,
        owner=waiting.owner,
        since=waiting.since,
        due_at=waiting.due_at,
    )
