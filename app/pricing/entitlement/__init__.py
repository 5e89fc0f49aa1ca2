"""What the contract allows and nobody raised: the opposite of a hold.

    deadline      until when a charge can be claimed
    found         an entitlement, and what was found and is not owed
    made          a claim that nobody raised, and what the card's own price of it is
    fault         whose doing the delay was, and from what that is read
    dwell         detention and layover that the card owes only where somebody claims them
    called_off    a truck that was sent out and not used
    stored        days on which goods were in stock and that no period bills
    missed        a fuel surcharge that an invoice went out without
    finder        all of them for one unit, without what was dismissed
    standing      the unit priced for good: without what was given up, with all of this beside it

Nothing that is found is billed: a person raises it as a claim, or says that it is not billable.
The amount is never a second pricing but what the rate card asks for exactly that claim.
"""
