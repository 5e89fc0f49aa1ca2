"""What a fact says in the few words that fit into a line of a timeline."""

from app.evidence.facts.dispute import Dispute
from app.evidence.facts.fact import Classifier, Fact, Said
from app.evidence.facts.freight import Milestone, Stop
from app.evidence.facts.ledger import Receivable
from app.evidence.facts.money import Accessorial, Approval, Cost
from app.evidence.facts.papers import Document, ExceptionReport, Withdrawal
from app.evidence.facts.work import Assignment, Waiver


def head_of(fact: Fact) -> str:
    """`delivered`, `POD accepted`, `stop 2 delivery`; of what has no words, its kind and name."""
    said = fact.said
    match said:
        case Milestone():
            return _words(said.status)
        case Document():
            return f"{said.document_type} {_words(said.status)}"
        case ExceptionReport():
            return f"{_words(said.exception_type)} {'reported' if said.open else 'closed'}"
        case Accessorial():
            return f"{_words(said.charge)} {said.accessorial}"
        case Approval() if fact.classifier is Classifier.REQUESTED:
            return f"approval of {said.subject}"
        case Approval():
            granted = "approved" if said.granted else "not approved"
            return f"{said.subject} {_words(said.outcome) if said.outcome else granted}"
        case Cost():
            return f"{_words(said.kind)} {said.number}, {said.total}"
        case Dispute():
            return f"dispute {said.dispute} {_words(said.state)}"
        case Receivable():
            return f"invoice {said.receivable} {said.state}, {said.amount_due} due"
        case Stop():
            return f"stop {said.stop} {_words(said.stop_type or '')}".strip()
        case Waiver():
            return f"{said.hold} {'waived' if said.granted else 'waived no more'}"
        case Assignment():
            return f"{said.hold} assigned to {said.to or 'nobody'}"
        case Withdrawal():
            return "a message is taken back"
        case _:
            return _kind_and_name(said)


def _kind_and_name(said: Said) -> str:
    kind = str(type(said).__struct_config__.tag)
    name = getattr(said, said.__struct_fields__[0])
    return f"{_words(kind)} {name}" if isinstance(name, str) else _words(kind)


def _words(word: str) -> str:
    return str(word).replace("_", " ")
