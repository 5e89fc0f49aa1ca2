"""Facts are brought together per billable unit.

    links      which unit a fact belongs to, by the numbers it names; ambiguity is kept
    authority  whose value counts where sources disagree; every disagreement is kept
    unit       a billable unit as all its sources describe it

A function of the set of facts: neither their order nor their time of arrival matters.
"""
