"""Until when a line may be billed, and with what the law wants an invoice to say.

    clocks       the last day of every line, by the contract's windows and by law
    demurrage    46 CFR 541: what an invoice for demurrage or detention has to say
    cutoffs      the customer's invoicing calendar: which cut-off a service belongs to
    posting      the month into whose books a unit goes

Whoever lets a right run out gives the money away, so a clock never runs longer than what is
told allows: where several apply the earliest counts, and a day that nobody told is no day.
"""
