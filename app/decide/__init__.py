"""The whole way from a dossier to a decision.

    question   `prepare` prices the unit and states the question
    ruled      what the fired rules come to, beside the invoices there are
    conclude   `conclude` gives the decision and its trace

Both keys answer the question between the two: the first in a child process, which is why it stands
between the functions and not inside them. No I/O, no clock, no random number, no float.
"""

from app.decide.conclude import Concluded, conclude
from app.decide.question import Question, prepare, second_answer

__all__ = ["Concluded", "Question", "conclude", "prepare", "second_answer"]
