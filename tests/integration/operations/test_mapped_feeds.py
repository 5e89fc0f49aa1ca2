"""Files that come by a feed are recorded row by row, once, and move what they are about."""

from app.evidence.facts.fact import Fact
from app.operations.changing.accept_editions import accept_editions
from app.operations.house import House
from app.operations.receiving.came import Came
from app.operations.receiving.record_messages import Receipt, record_messages
from tests.integration.operations.conftest import drafts
from tests.unit.evidence.mapped_samples import PARTNER, PROFILES, bytes_of


def sent(house: House, feed: str, sample: str) -> Receipt:
    name = sample.rpartition("/")[2]
    came = Came(partner=PARTNER, feed=feed)
    return record_messages(house, bytes_of(sample), name, media="text/csv", came=came)


def taught(house: House) -> House:
    """The same house, with the partner of the format table."""
    at_hand = drafts()
    with_partner = type(at_hand)(
        packs=at_hand.packs,
        authority=at_hand.authority,
        profiles=PROFILES,
        cards=at_hand.cards,
        contracts=at_hand.contracts,
        withdrawn=at_hand.withdrawn,
        cases=at_hand.cases,
    )
    accept_editions(house, with_partner)
    return house


def facts_of(house: House, receipt: Receipt) -> list[Fact]:
    ids = [fact_id for message in receipt.messages for fact_id in message.fact_ids]
    with house.database.reading("main") as store:
        return list(store.facts.by_id(ids).values())


def test_good_rows_count_and_bad_ones_are_kept_with_their_place(house: House) -> None:
    receipt = sent(taught(house), "movements", "samples/wms_movements.csv")
    assert (receipt.counted("recorded"), receipt.counted("refused")) == (3, 3)
    assert {fact.source.instance for fact in facts_of(house, receipt)} == {"joliet"}


def test_the_same_file_again_records_nothing(house: House) -> None:
    first = sent(taught(house), "movements", "samples/wms_movements.csv")
    again = sent(house, "movements", "samples/wms_movements.csv")
    assert first.counted("recorded") == again.counted("duplicate") == 3
    with house.database.reading("main") as store:
        assert store.counts().facts == 3


def test_a_document_that_is_ignored_brings_no_message(house: House) -> None:
    assert sent(taught(house), "easypost", "samples/easypost_batch.json").messages == ()
