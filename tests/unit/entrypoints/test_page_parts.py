"""What every page writes alike: money, moments, charts; and what is written is escaped."""

import re
from datetime import date, datetime, timedelta, timezone

import pytest
from jinja2 import UndefinedError

from app.entrypoints.console.pages import _TEMPLATES

MACROS = '{% from "macros.html" import money, when, day, chip, code, table, pager with context %}'
CHARTS = '{% from "charts.html" import bars, stacked, columns, sparkline %}'
ROWS = [
    {"label": "Carrier <A>", "value": 300, "text": "3.00"},
    {"label": "Customer", "value": 100, "text": "1.00", "kind": "warn"},
    {"label": "Nobody", "value": 0, "text": "0.00"},
]


def written(text: str, **values: object) -> str:
    return _TEMPLATES.from_string(MACROS + CHARTS + text).render(**values)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "USD", "1,234.50 USD"),
        (-5, "USD", "-0.05 USD"),
        (0, "EUR", "0.00 EUR"),
        (1234567, "JPY", "1,234,567 JPY"),
        (1234567, "KWD", "1,234.567 KWD"),
        (None, "", "no price"),
    ],
)
def test_an_amount_is_written_as_on_an_invoice(minor: int | None, currency: str, text: str) -> None:
    assert f">{text}</span>" in written("{{ money(m, c) }}", m=minor, c=currency)


def test_a_moment_is_written_in_utc_and_a_day_as_it_is() -> None:
    moment = datetime(2026, 3, 4, 23, 30, tzinfo=timezone(timedelta(hours=-5)))

    assert written("{{ when(m) }}", m=moment) == (
        '<time datetime="2026-03-05T04:30:00Z">2026-03-05 04:30 UTC</time>'
    )
    assert written("{{ day(d) }}", d=date(2026, 3, 4)) == (
        '<time datetime="2026-03-04">2026-03-04</time>'
    )
    assert "not yet" in written("{{ when(None) }}")
    assert "no date" in written("{{ day(None) }}")


def test_what_somebody_wrote_is_text_and_never_a_part_of_the_page() -> None:
    evil = '"><script>alert(1)</script>'
    for part in ("{{ chip(x, x) }}", "{{ code(x) }}", "{{ pager(x, x) }}", "{{ x }}"):
        assert "<script" not in written(part, x=evil)
    assert "&lt;A&gt;" in written("{{ bars(x, x, rows) }}", x=evil, rows=ROWS)


def test_what_is_written_out_twice_for_speed_is_written_alike() -> None:
    """A decision has hundreds of conditions, and a call for each would be felt."""
    macros, page = (_text_of(each) for each in ("unit_macros.html", "decision.html"))
    (condition,) = re.findall(r"macro condition\(.*?-%}\n(.*?)\n{%- endmacro", macros, re.DOTALL)
    assert condition.replace("sources", "audit.sources") in page
    asked = '{% from "unit_macros.html" import source, told_by %}'
    asked += "{{ source(f, s) }}={{ told_by([f], s) }}"
    for told in ({}, {"0" * 64: "tms <north>"}):
        one, same = written(asked, f="0" * 64, s=told).split("</a>=")
        assert same == f" {one}</a>"


def _text_of(template: str) -> str:
    assert _TEMPLATES.loader
    return _TEMPLATES.loader.get_source(_TEMPLATES, template)[0]


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        written("{{ nobody }}")


def test_the_longest_bar_is_as_wide_as_the_chart_and_all_others_in_proportion() -> None:
    chart = written("{{ bars('Held', 'By whom', rows) }}", rows=ROWS)

    assert "<title>Held</title><desc>By whom</desc>" in chart
    assert [f'width="{share}%"' in chart for share in ("100.0", "33.333", "0.0")] == [True] * 3
    assert 'class="bar warn"' in chart


def test_the_parts_of_a_bar_add_up_to_it_and_are_named_beneath() -> None:
    chart = written("{{ stacked('Held', 'By whom', rows) }}", rows=ROWS)

    assert 'x="0.0%" y="0" width="75.0%"' in chart
    assert 'x="75.0%" y="0" width="25.0%"' in chart
    assert 'x="100.0%" y="0" width="0.0%"' in chart
    assert chart.count("<li>") == len(ROWS)


@pytest.mark.parametrize("rows", [[], [{"label": "a", "value": 0, "text": "0"}]])
def test_a_chart_of_nothing_is_an_empty_chart(rows: list[dict[str, object]]) -> None:
    for kind in ("bars", "stacked", "columns"):
        chart = written(f"{{{{ {kind}('t', 'd', rows) }}}}", rows=rows)
        assert "<title>t</title><desc>d</desc>" in chart
    values = [row["value"] for row in rows]
    assert "<polyline" in written("{{ sparkline('t', 'd', values) }}", values=values)


def test_a_line_rises_with_its_values() -> None:
    line = written("{{ sparkline('t', 'd', [0, 5, 10]) }}")

    assert 'points="0.0,22.0 50.0,12.0 100.0,2.0 "' in line
