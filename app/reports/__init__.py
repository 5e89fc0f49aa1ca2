"""What people look at: work lists, boards, KPIs, timelines, forecasts, as values.

Everything is derived from what is stored and can be thrown away and made again; nothing here
decides, and nothing here knows HTML or SQL.

    standing    where each unit stands, of its whole history
    work        open holds in the order of work, the board, what alarms watch
    kpis        each defined once, for its number and for the list behind it
    forecast    when such holds clear, and whether a batch is missed
    unit        what happened to one unit, why, why not, and what may be done
    audit       a decision with all it saw, to the byte
    rules       the pack in force, and what each rule does
    customer    what a customer may see
    moments     as pages write them

Where a unit stands is worked out from its whole history each time something happens to it, by
one function, so that it cannot drift.
"""
