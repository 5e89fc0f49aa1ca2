"""What tollgate can be asked to do: each verb loads, calls pure functions, and stores.

    receiving    bytes arrive and are kept, facts and faults with them
    deciding     the decision about a unit: asked, taken by itself when facts come, replayed
    releasing    one unit, one release, and the invoice it becomes
    sending      what was decided and released reaches whoever wants to hear it
    clearing     what people do about a unit that waits: papers, approvals, waivers, assignments
    changing     drafts under rules/ and ratecards/ come into force
    looking      what is known, for people who ask
    entitling    what the contracts allow and nobody raised: found, claimed, dismissed
    jobs         what is long: operations that go on for hours, a few things at a time

If you write an `if` about freight or money here, it belongs in a lower room, where it can be
replayed.
"""
