"""What people look at: work lists, boards, KPIs, timelines, forecasts, as values.

Everything is derived from what is stored and can be thrown away and made again; nothing here
decides, and nothing here knows HTML or SQL. Where a unit stands is worked out from its whole
history each time something happens to it, by one function, so that it cannot drift.
"""
