"""KPIs: each defined once, as data, for its number and for the list behind it.

    definition    what a KPI is: a cohort of rows, what is taken of each, what is left out
    window        of which days, and as of when
    conditions    whether a row fits, and into which part of a cohort it falls
    measured      rows become a number
    catalogue     every KPI of the field's table, measured or not, with the choices made

Storage turns the same conditions into SQL (`infrastructure/storage/kpi_rows.py`), and a test holds
both readings to each other on rows made at random, so that a list adds up to its number.
"""
