"""Loops: the segments that belong together because one segment begins them."""

from collections.abc import Sequence

from app.evidence.intake.enveloped.segments import S, Segment


def split_at(tag: str, segments: Sequence[S]) -> tuple[Sequence[S], list[Sequence[S]]]:
    """The segments before the first of this tag, and the loops that begin with one."""
    starts = [at for at, segment in enumerate(segments) if segment.tag == tag]
    if not starts:
        return segments, []
    ends = [*starts[1:], len(segments)]
    loops = [segments[start:end] for start, end in zip(starts, ends, strict=True)]
    return segments[: starts[0]], loops


def value_in(
    loop: Sequence[Segment], tags: tuple[str, ...], qualifier: str, at: int, value_at: int
) -> str:
    """The value of the first segment with one of the tags whose element `at` is the qualifier."""
    return next(
        (each.at(value_at) for each in loop if each.tag in tags and each.at(at) == qualifier), ""
    )
