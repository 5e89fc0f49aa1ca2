"""What people look at: work lists, boards, KPIs, timelines, forecasts, as values.

Everything is derived from what is stored and can be thrown away and made again; nothing here
decides, and nothing here knows HTML or SQL.

    standing     where each unit stands, of its whole history; all others but `unit` and `audit` read it
    work         open holds in the order of work, the board, what alarms watch
    kpis         each defined once, for its number and for the list behind it
    forecast     when such holds clear, and whether a batch is missed
    unit         one unit's page        audit   a decision's page, to the byte
    rules        the pack in force      customer   what a customer may see

Where a unit stands is worked out from its whole
history each time something happens to it, by one function, so that it cannot drift.
"""
