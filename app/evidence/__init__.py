"""What happened.

    intake       a partner's bytes become facts, or faults with their place
    facts        immutable, one source each; corrections supersede, nothing is edited
    correlation  facts are brought together per billable unit; what disagrees is kept

Nothing here judges: what could not be read, linked or agreed on is reported as a value.
"""
