"""Facts are brought together per billable unit.

    links      which unit a fact belongs to, by the numbers it names; ambiguity is kept
    authority  whose value counts where sources disagree; every disagreement is kept
    told       what each source says of an attribute, in one last word
    unit       a billable unit as all its sources describe it
    storage    the days of a storage period, where its sources agree on them
    journey    what has happened to it: picked up, delivered, returned, and when

A function of the set of facts: neither their order nor their time of arrival matters.
"""
