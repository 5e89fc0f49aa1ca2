"""What goes out: the invoice a release permits, as values, and the forms it is written in.

    release_token  what a claim shows: which decision about which unit its holder has seen
    billed_money   what of a decision is money, and what of it has changed since
    claimed        what a claim adds to the unit's family, and what it ends there
    invoice        what is billed, line by line, made from a decision and its release
    posted         what a billing system says of it afterwards: number, state, what is paid
    written        the invoice as bytes: X12 810 and 210, CSV
    events         what the world is told, and what each event holds
    billed_line    quantity and rate where a billing system multiplies them again
    tryton_settings, rest_mapping   how a billing system is reached, and our codes in its words
    rest_forms     the requests of a mapping, filled in for one invoice
    destination    to whom it is sent, and what else each of them wants to hear

Pure. Amounts are the decision's own, negated for a credit and never computed again.
"""
