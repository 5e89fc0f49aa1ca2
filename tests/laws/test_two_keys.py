"""The two keys, and a plain reading that belongs to neither, fire the same rules."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.infrastructure.engine.child import EngineInProcess
from app.infrastructure.engine.pool import EnginePool
from app.judgement.rulebook.key import Answer, NoAnswer
from app.judgement.rulebook.model import RulePack
from app.judgement.rulebook.seen import View
from tests.laws.naive import NaiveKey
from tests.laws.packs import Invention

SEEDS = st.integers(0, 2**32)
VIEWS_OF_A_PACK = 4

lawful = settings(
    max_examples=600,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def second_key(pack: RulePack, view: View) -> Answer | NoAnswer:
    from app.judgement.rulebook.second_key import SecondKey  # noqa: PLC0415 - built on its own

    return SecondKey(pack).judge(view)


@lawful
@given(seed=SEEDS)
def test_the_engine_fires_what_a_plain_reading_fires(seed: int) -> None:
    invention = Invention(seed, day_sums=True, two_currencies_in_a_list=True)
    engine, pack = EngineInProcess(), invention.pack()
    for _ in range(VIEWS_OF_A_PACK):
        view = invention.view()
        assert engine.judge(pack, view) == NaiveKey(pack).judge(view)
    engine.close()


@lawful
@given(seed=SEEDS)
def test_both_keys_fire_the_same(seed: int) -> None:
    invention = Invention(seed, day_sums=True, two_currencies_in_a_list=True)
    engine, pack = EngineInProcess(), invention.pack()
    for _ in range(VIEWS_OF_A_PACK):
        view = invention.view()
        assert engine.judge(pack, view) == second_key(pack, view)
    engine.close()


@pytest.mark.parametrize("seed", range(4))
def test_packs_of_several_chunks_fire_what_a_plain_reading_fires(seed: int) -> None:
    invention = Invention(seed)
    engine, pack = EngineInProcess(), invention.pack(rules=150)
    for _ in range(5):
        view = invention.view(most=20)
        assert engine.judge(pack, view) == NaiveKey(pack).judge(view)
    engine.close()


def test_the_child_fires_what_a_plain_reading_fires() -> None:
    with EnginePool(time_limit_s=10.0) as pool:
        for seed in range(60):
            invention = Invention(seed, day_sums=True, two_currencies_in_a_list=True)
            pack = invention.pack()
            for _ in range(VIEWS_OF_A_PACK):
                view = invention.view()
                assert pool.judge(pack, view) == NaiveKey(pack).judge(view)


def test_lists_of_amounts_in_another_currency_are_unknown_to_both_keys() -> None:
    for seed in range(250):
        invention = Invention(seed, two_currencies_in_a_list=True)
        pack, view = invention.pack(), invention.view()
        assert second_key(pack, view) == NaiveKey(pack).judge(view), f"seed {seed}"
