"""Numbers that are missing, and numbers that came late."""

from hypothesis import given
from hypothesis import strategies as st

from app.evidence.intake.numbering import Gap, Late, Run, runs_of


def test_numbers_in_order_miss_nothing() -> None:
    assert runs_of([7, 7, 8, 9]) == (Run(first=7, last=9),)
    assert runs_of([]) == ()


def test_what_never_came_is_told_between_what_came() -> None:
    (run,) = runs_of([3, 4, 8, 10])
    assert run.gaps == (Gap(5, 7), Gap(9, 9))
    assert [str(gap) for gap in run.gaps] == ["5 to 7", "9"]


def test_a_number_that_comes_after_a_higher_one_is_late_and_no_gap() -> None:
    (run,) = runs_of([3, 5, 4, 4, 6])
    assert (run.gaps, run.late) == ((), (Late(4, 5),))


def test_a_sender_that_counts_anew_begins_another_run() -> None:
    first, second = runs_of([998, 999, 1, 3])
    assert (first.first, first.last, first.gaps) == (998, 999, ())
    assert (second.first, second.last, second.gaps) == (1, 3, (Gap(2, 2),))


def test_the_first_number_twice_is_no_new_beginning() -> None:
    assert len(runs_of([1, 1, 2])) == 1


@given(st.sets(st.integers(2, 60), min_size=1).flatmap(lambda s: st.permutations(sorted(s))))
def test_seen_and_missing_make_all_numbers_whatever_the_order(numbers: list[int]) -> None:
    (run,) = runs_of(numbers)
    missing = {n for gap in run.gaps for n in range(gap.first, gap.last + 1)}
    assert not missing & set(numbers)
    assert missing | set(numbers) == set(range(min(numbers), max(numbers) + 1))
    assert bool(run.late) == (numbers != sorted(numbers))
