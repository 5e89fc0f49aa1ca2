"""Papers: one is received and accepted, or comes back clean."""

from app.evidence.facts.money import Accessorial
from app.evidence.facts.papers import Document, DocumentStatus
from app.explanation.unlock.situation import Situation, Way, Ways, corrected, key_of, new_fact
from app.judgement.decision import Hold


def paper(hold: Hold, at: Situation) -> Ways:
    """The paper that is missing is received, signed and accepted."""
    kind = key_of(hold) if hold.subject.startswith("required_document:") else "POD"
    system = at.may_say("document", "dms")
    paper = Document(
        document=f"expected {kind}",
        document_type=kind,
        status=DocumentStatus.ACCEPTED,
        signed=True,
        exceptions_noted=False,
    )
    yield Way(
        says=f"a signed {kind} without exceptions is received and accepted",
        system=system,
        facts=(new_fact(at, system, paper),),
    )


def clean_paper(hold: Hold, at: Situation) -> Ways:
    """Only a paper can be made good; what the consignee refused is not billed by a fact."""
    bad = [f for f in at.unit.documents if getattr(f.said, "document", "") == key_of(hold)]
    if not hold.subject.startswith("document:") or not bad:
        return
    yield Way(
        says=f"document {key_of(hold)} comes back signed and without exceptions",
        system=bad[0].source.system,
        facts=tuple(corrected(at, fact, signed=True, exceptions_noted=False) for fact in bad),
    )


def evidence(hold: Hold, at: Situation) -> Ways:
    """A paper that the claim names; a claim that names none has to name it."""
    subject = key_of(hold).partition("/")[2]
    claims = [
        fact
        for fact in at.unit.accessorials
        if isinstance(fact.said, Accessorial) and fact.said.accessorial == subject
    ]
    if not claims:
        return
    claim = claims[0]
    named = claim.said.evidence if isinstance(claim.said, Accessorial) else ()
    wanted = named[0] if named else f"expected evidence of {subject}"
    kind = next(
        (
            fact.said.document_type
            for fact in at.unit.documents
            if isinstance(fact.said, Document) and fact.said.document == wanted
        ),
        "EVIDENCE",
    )
    system = at.may_say("document", "dms")
    paper = Document(document=wanted, document_type=kind, status=DocumentStatus.ACCEPTED)
    naming = () if named else (corrected(at, claim, evidence=(wanted,)),)
    yield Way(
        says=f"{wanted} is received and accepted as evidence of {subject}",
        system=system,
        facts=(new_fact(at, system, paper), *naming),
    )
