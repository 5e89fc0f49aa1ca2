"""Billing readiness in logistics: may this invoice go out, for how much, and why.

Read the rooms in the order in which data flows through them:

    evidence     what happened: messages become facts, facts become billable units
    pricing      what the customer owes for a unit, by the customer's rate card
    family       what was billed for it so far, and what has to follow
    judgement    may it be billed: finance's own rules look at the priced unit
    dossier      everything one decision is computed from, and its digest
    decide       the whole way: a dossier becomes a question, two independent keys
                 answer it, the answers become a decision

Around that pure middle stand `explanation` (why, and what is missing), `reports` (what people
look at: work, board, KPIs, forecasts), `authoring` (what finance writes), `infrastructure`
(tables and the rules engine), `operations` (what the product can be asked to do) and
`entrypoints` (who asks: systems by HTTP, people by the console and the command line).
Imports go down only; nothing between facts and decision does I/O or knows the time.
"""
