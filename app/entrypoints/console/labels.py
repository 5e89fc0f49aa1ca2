"""What is filled in for each act, and as what the form asks for it."""

from collections.abc import Mapping

from app.reports.unit.outcome import Act

FILE = "file"
"""The field of what was chosen on a disk."""
LABELS: Mapping[Act, Mapping[str, str]] = {
    Act.ATTACH: {
        "document_type": "Type of document",
        FILE: "File",
        "kept_at": "Where the paper is, without a scan",
        "signed": "Signed",
        "exceptions_noted": "Overage, shortage or damage noted on it",
        "signed_by": "Signed by",
        "signed_at": "Signed at, in UTC",
        "note": "Note",
    },
    Act.APPROVE: {"reason": "Reason", "up_to": "Up to"},
    Act.WAIVE: {"reason": "Reason", "up_to": "Up to", "expires_at": "Until, in UTC"},
    Act.TAKE_BACK: {"reason": "Reason"},
    Act.ASSIGN: {"to": "To", "note": "Note"},
}
"""By field, in the order of the form; what is an amount says its currency besides."""
