"""Importers of published files: what they refuse, and what they make of made-up ones."""

from datetime import date

import pytest

from app.authoring.importers.brunel import card_of_brunel
from app.authoring.importers.diesel import Series, index_values, missing_weeks
from app.authoring.importers.published import dollars, records
from app.errors import FileError

WEEKS = """\
Date,A1,D1
01/04/2021,2.336,2.640
01/11/2021,2.403,
01/18/2021,2.464,2.696
"""


@pytest.mark.parametrize(
    ("text", "amount"),
    [(" $43.23 ", "43.23"), ("$1,234.5 ", "1234.5"), ("0.71", "0.71")],
)
def test_money_of_a_spreadsheet_is_exact(text: str, amount: str) -> None:
    assert str(dollars(text, "r.csv", 2)) == amount


@pytest.mark.parametrize("text", ["", "$", "NaN", "1.2.3"])
def test_money_that_is_none_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(FileError, match=r"r\.csv:7"):
        dollars(text, "r.csv", 7)


def test_a_missing_column_and_a_short_line_are_refused_together() -> None:
    with pytest.raises(FileError) as refused:
        records({"r.csv": "a,b\n1\n"}.__getitem__, "r.csv", ("a", "c"))
    assert "there is no column `c`" in str(refused.value)
    assert "r.csv:2" in str(refused.value)


def test_a_week_without_a_value_is_missing_and_never_made_up() -> None:
    values = index_values(WEEKS, "w.csv", Series(column="D1"))
    assert [str(value.price) for value in values] == ["2.640", "2.696"]
    assert missing_weeks(values) == (date(2021, 1, 11),)


def test_a_value_put_off_keeps_its_price_and_comes_out_on_tuesday() -> None:
    values = index_values(WEEKS, "w.csv", Series(column="D1"), (date(2021, 1, 18),))
    assert (values[-1].published_on, str(values[-1].price)) == (date(2021, 1, 19), "2.696")
    assert missing_weeks(values) == (date(2021, 1, 11),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("01/11/2021", "January", "'January' is not a day"),
        ("2.696", "2,696x", "w.csv:4:3"),
        ("D1", "D2", "no value in a column 'D1'"),
    ],
)
def test_what_cannot_be_read_of_a_series_is_refused(old: str, new: str, said: str) -> None:
    text = WEEKS.replace(old, f'"{new}"')
    with pytest.raises(FileError) as refused:
        index_values(text, "w.csv", Series(column="D1"))
    assert said in str(refused.value)


def test_a_spreadsheet_counts_its_days() -> None:
    text = '"Back"\n"Sourcekey","X"\n"Date","Price"\n"34414.0","1.106"\n'
    (value,) = index_values(text, "s.csv", Series(column="X"))
    assert value.published_on == date(1994, 3, 21)


def test_rates_of_brunel_become_rows_with_their_own_numbers() -> None:
    files = {
        "FreightRates.csv": "Carrier,orig_port_cd,dest_port_cd,minm_wgh_qty,max_wgh_qty,svc_cd,"
        "minimum cost,rate,mode_dsc,tpt_day_cnt\n"
        'V1,P1,P2,250,499.99,DTD," $1,043.23 ", $0.71 ,AIR   ,2\n',
        "OrderList.csv": "Order ID,Order Date,Origin Port,Carrier,TPT,Service Level,"
        "Destination Port,Weight\n1,5/26/13,P1,V1,2,DTD,P2,300\n",
    }
    made = card_of_brunel(files.__getitem__, by_transit_days=True, rounded=False)
    assert made["tables/freight.csv"].splitlines()[1] == (
        "1,V1,P1,P2,DTD,2,250,499.99,1043.23,0.71,2013-05-26,2013-05-26,AIR"
    )
    assert "rounded" not in made["card.yaml"]
