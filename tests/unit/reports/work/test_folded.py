"""What has no price stands beside what has one, and nothing is lost or added up."""

from app.reports.standing.standing import Stage
from app.reports.work.board import STAGES_SAY, InStage
from app.reports.work.folded import Folded, folded


def row(stage: Stage, currency: str, units: int) -> InStage:
    return InStage(
        stage=stage,
        verdict="",
        currency=currency,
        units=units,
        waits_minor=0,
        held_minor=0,
        billed_minor=0,
    )


HELD_USD, HELD_EUR = row(Stage.HELD, "USD", 12), row(Stage.HELD, "EUR", 3)
HELD_NONE, MOVING_NONE = row(Stage.HELD, "", 4), row(Stage.MOVING, "", 7)


def test_a_row_without_a_price_stands_beside_the_first_that_has_one() -> None:
    rows = (MOVING_NONE, HELD_NONE, HELD_EUR, HELD_USD)
    assert folded(rows, lambda each: each.stage) == (
        Folded(MOVING_NONE),
        Folded(HELD_EUR, HELD_NONE),
        Folded(HELD_USD),
    )


def test_every_stage_is_explained_in_the_order_of_stages() -> None:
    assert tuple(STAGES_SAY) == tuple(Stage)
