"""What people do about a unit that waits: papers, approvals, waivers, assignments.

Each act is a fact, told by the console in the person's name (`desk.py` has what all share):
recorded like any message, in the unit's own affair, and the unit is decided at once. A form that is
sent twice is recorded once. Who may do what is asked of `app/access.py`; whether the word counts,
of `rules/authority.yaml`, where the console is `ops`.
"""
