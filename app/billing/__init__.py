"""What goes out: the invoice a release permits, as values, and the forms it is written in.

    invoice      what is billed, line by line, made from a decision and its release
    posted       what a billing system says of it afterwards: number, state, what is paid
    written      the invoice as bytes: X12 810 and 210, CSV
    written_for  the one of these forms that a destination wants
    events       what the world is told, and what each event holds
    destination  to whom it is sent, and what else each of them wants to hear

Pure. Amounts are the decision's own, negated for a credit and never computed again.
"""
