"""What tollgate can be asked to do: each verb loads, calls pure functions, and stores.

    accept_editions     drafts under rules/ and ratecards/ come into force
    record_messages     bytes arrive and are kept, facts and faults with them
    gather_dossier      everything a decision about one unit depends on
    decide_unit         the decision, asked once or a hundred times
    claim_release       one unit, one release
    replay_decisions    every stored decision again, to the byte
    look_up             what is known, for people who ask

If you write an `if` about freight or money here, it belongs in a lower room, where it can be
replayed.
"""
