"""How far a unit has come on its way to money, and what each step waits for.

    stage     one step: done by what, or waiting for what and whom
    known     everything that flows are told from
    freight   order to ship, and ship to invoice
    credit    exception to credit, one for each exception

Assembled from what is stored; nothing is decided here that a decision did not say.
"""
