"""What the customer owes for a unit.

    contract  what was agreed and is not a price: billable unit, trigger, splitting, limits
    rating    the rate card, the charges it makes of a unit, and what it could not price
    tax       what is asked of a tax engine, and the engines that are built in

A price that cannot be found is a value that says so (`Unpriced`), never a default and
never a zero; only rules judge what that means for the invoice.
"""
