"""May it be billed: finance's own rules look at the priced unit.

    rulebook  the rule model, the names rules may use, and the second key
    verdict   how fired rules combine into one verdict
    decision  what is answered: verdict, charge lines, holds
    trace     why: every fact, every rule, every condition with the values it saw
              (trace_as_stored: kept as bits, written out for readers)

Earlier stages report; only rules judge. Nothing is released by default.
"""
