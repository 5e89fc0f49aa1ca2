"""One unit, one release, and the invoice it becomes.

    claim_release     what a decision permits is claimed, by its token; stale tokens are told why
    release_claimed   what the outside hears of a claim: the whole invoice
    close_consolidation  where the customer wants one invoice for many, it waits for their closing
    post_invoice      a billing system is handed the invoice, or claims by itself
    creation_notes    what began to be created there and may still go on, and what was taken away
    went_out          which invoice a release went out in
    record_invoice    the number it gave comes back, once
    receivables       and later what is still owed
    watch_expiries    a provisional release that has run out makes its unit due

A release is named after what is billed, so that doing any of this twice bills once.
"""
