"""What the customer owes for a unit.

Read the rooms from the bottom up, each knows only those before it:

    lines     what rating returns: charges with their working, and what has no price
    agreed    what a card says: terms, rows, and how a row is found
    told      what prices need to know of a unit, from its facts alone
    reckoned  what one charge reckons with, and how it writes its line
    tax       what is asked of a tax engine, and the engines that are built in
    shapes    how one kind of charge is worked out, one file each
    rating    the rate card, and the order of calculation
    cost      what the move costs us
    contract  what was agreed and is not a price: billable unit, trigger, splitting, limits
    entitlement  what the contract allows and nobody raised, at the card's own price

A price that cannot be found is a value that says so (`Unpriced`), never a default and
never a zero; only rules judge what that means for the invoice.
"""
