"""The states of an accessorial and every move between them; what is not listed is not allowed.

OBSERVED -> CLAIMED -> SUPPORTED -> APPROVED, or REJECTED, or WAIVED; an approval may end.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """How far an accessorial has come; rules read these words, so they are never renamed."""

    OBSERVED = "observed"
    """The facts show it, and nobody claims it."""
    CLAIMED = "claimed"
    SUPPORTED = "supported"
    """A paper that the claim names is accepted."""
    APPROVED = "approved"
    REJECTED = "rejected"
    WAIVED = "waived"
    EXPIRED = "expired"
    """It was approved, and the approval no longer holds for it."""


class Act(StrEnum):
    """What moves an accessorial on."""

    CLAIM = "claim"
    CLAIM_AGAIN = "claim again"
    """With a paper that came after it was rejected or waived."""
    SUPPORT = "support"
    GRANT = "grant"
    REJECT = "reject"
    WAIVE = "waive"
    LAPSE = "lapse"
    """The approval expires, is given anew for less, or is taken back without more."""


_DECIDED = {Act.GRANT: State.APPROVED, Act.REJECT: State.REJECTED, Act.WAIVE: State.WAIVED}

MOVES: Mapping[State, Mapping[Act, State]] = {
    # What is measured is billed without a claim, so that it may be decided without one.
    State.OBSERVED: {Act.CLAIM: State.CLAIMED, **_DECIDED},
    State.CLAIMED: {
        Act.CLAIM: State.CLAIMED,
        Act.CLAIM_AGAIN: State.CLAIMED,
        Act.SUPPORT: State.SUPPORTED,
        **_DECIDED,
    },
    State.SUPPORTED: {
        Act.CLAIM: State.SUPPORTED,
        Act.CLAIM_AGAIN: State.SUPPORTED,
        Act.SUPPORT: State.SUPPORTED,
        **_DECIDED,
    },
    State.APPROVED: {
        Act.CLAIM: State.APPROVED,
        Act.CLAIM_AGAIN: State.APPROVED,
        Act.SUPPORT: State.APPROVED,
        Act.LAPSE: State.EXPIRED,
        **_DECIDED,
    },
    State.EXPIRED: {
        Act.CLAIM: State.EXPIRED,
        Act.CLAIM_AGAIN: State.EXPIRED,
        Act.SUPPORT: State.EXPIRED,
        **_DECIDED,
    },
    State.REJECTED: {Act.CLAIM_AGAIN: State.CLAIMED, **_DECIDED},
    State.WAIVED: {Act.CLAIM_AGAIN: State.CLAIMED, Act.WAIVE: State.WAIVED},
}

_WHY_NOT: Mapping[State, Mapping[Act, str]] = {
    State.OBSERVED: {
        Act.CLAIM_AGAIN: "it was never claimed before",
        Act.SUPPORT: "nobody claims it, so no paper is named for it",
        Act.LAPSE: "it was never approved",
    },
    State.CLAIMED: {Act.LAPSE: "it is not approved"},
    State.SUPPORTED: {Act.LAPSE: "it is not approved"},
    State.EXPIRED: {Act.LAPSE: "its approval has ended before"},
    State.REJECTED: {
        Act.CLAIM: "it was rejected; it is claimed again with a paper that came afterwards",
        Act.SUPPORT: "it was rejected; it is claimed again with a paper that came afterwards",
        Act.LAPSE: "it is not approved",
    },
    State.WAIVED: {
        Act.CLAIM: "it was waived; it is claimed again with a paper that came afterwards",
        Act.SUPPORT: "it was waived; it is claimed again with a paper that came afterwards",
        Act.GRANT: "it was waived; it is claimed again before it is approved",
        Act.REJECT: "it was waived; nothing is left to reject",
        Act.LAPSE: "it is not approved",
    },
}


def moved(state: State, act: Act) -> State | str:
    """The state after the act, or why the act has no effect in this state."""
    after = MOVES[state].get(act)
    return _WHY_NOT[state][act] if after is None else after
