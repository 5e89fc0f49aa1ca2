"""The made-up week of a 3PL, as files a person can read; data only, nothing runs here.

    week/           what arrived from 2026-03-02 on and the papers until 2026-03-12: X12 and
                    CloudEvents, named by month, day and time (UTC), sender and kind
    arrivals.csv    when each file arrived, so that one can ask what was known when
    next/           messages that have not arrived yet, for whoever tries the product

The companies, their people and the carriers' codes are invented.
"""
