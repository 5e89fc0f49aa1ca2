"""What stands in the files about one rule: its own text, its cases, and the question of its file.

It is read from the drafts as they are now. What is in force is an edition, so whoever shows this
says so; where the place no longer holds the rule, nothing is shown.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import msgspec

from app.authoring.files.located_yaml import Mapping, Node, Scalar, Sequence, load
from app.errors import FileError
from app.reports.rules.pages import ShownRule

FIRES, BOUNDARY, PERMITS = "it fires", "on the boundary of its hold", "what the file permits"
READ = 64


class WrittenCase(msgspec.Struct, frozen=True, kw_only=True):
    """One case in which the rule fires, or which shows where its hold begins."""

    name: str
    why: str
    verdict: str
    text: str
    written_at: str


class WrittenRule(msgspec.Struct, frozen=True, kw_only=True):
    """What the drafts have about a rule; empty where they cannot be read or have it elsewhere."""

    text: str = ""
    cases: tuple[WrittenCase, ...] = ()


def rule_as_written(folder: Path, rule: ShownRule) -> WrittenRule:
    """The rule's own lines, and the cases beside the rules that are about it."""
    return WrittenRule(text=_own_text(folder, rule), cases=tuple(_cases(folder, rule)))


def questions_in(folder: Path) -> dict[str, str]:
    """The question that each file of rules answers, by the file: its first comment."""
    files = (*folder.glob("standard/*.yaml"), *folder.glob("customers/*/*.yaml"))
    first = {_name(each, folder): _text(each).partition("\n")[0] for each in sorted(files)}
    return {
        name: line.removeprefix("# ")
        for name, line in first.items()
        if line.startswith("# ") and not name.endswith(".cases.yaml")
    }


def _own_text(folder: Path, rule: ShownRule) -> str:
    path = folder.parent / rule.file
    if not path.resolve().is_relative_to(folder.resolve()):
        return ""
    text = _text(path)
    for node in _nodes(text, rule.file):
        if node.place.line == rule.line and _id_of(node) == rule.rule_id:
            return _block(text, rule.line)
    return ""


def _nodes(text: str, file: str) -> Iterator[Node]:
    """Each document, and each requirement of a checklist."""
    for document in _documents(text, file):
        yield document
        required = document.get("require") if isinstance(document, Mapping) else None
        if isinstance(required, Sequence):
            yield from required.items


def _id_of(node: Node) -> str:
    found = node.get("id") if isinstance(node, Mapping) else None
    return found.text if isinstance(found, Scalar) else ""


def _block(text: str, line: int) -> str:
    """The lines from this one on, as far as they belong together."""
    lines = text.splitlines()
    first = lines[line - 1]
    indent = len(first) - len(first.lstrip())
    is_item = first.lstrip().startswith("- ")
    block = [first]
    for each in lines[line:]:
        inner = len(each) - len(each.lstrip())
        if each.startswith("---") or (is_item and each.strip() and inner <= indent):
            break
        block.append(each)
    return "\n".join(each[indent:] for each in block).rstrip()


def _cases(folder: Path, rule: ShownRule) -> Iterator[WrittenCase]:
    """Cases stand beside any file; only files that name the rule or its hold are read."""
    code = rule.hold.code if rule.hold else ""
    beside = f"{rule.file.removesuffix('.yaml')}.cases.yaml"
    for path in sorted(folder.glob("**/*.cases.yaml")):
        text, name = _text(path), _name(path, folder)
        if name == beside or rule.rule_id in text or (code and code in text):
            for node in _documents(text, name):
                if why := _about(node, rule, code, is_beside=name == beside):
                    yield _case(node, why, text)


def _about(node: Node, rule: ShownRule, code: str, *, is_beside: bool) -> str:
    """Why the case is one of the rule's; empty where it is none.

    A permission is not among what fires: its cases are those beside it that come to its verdict.
    """
    if rule.rule_id in _words(node, "fires"):
        return FIRES
    if code:
        return BOUNDARY if code in _words(node, "boundary of") else ""
    verdict = rule.kind.replace(" ", "_")
    return PERMITS if is_beside and verdict in _words(node, "verdict") else ""


def _words(node: Node, key: str) -> tuple[str, ...]:
    found = node.get(key) if isinstance(node, Mapping) else None
    items = found.items if isinstance(found, Sequence) else (found,)
    return tuple(each.text for each in items if isinstance(each, Scalar))


def _case(node: Node, why: str, text: str) -> WrittenCase:
    names = _words(node, "case") or tuple(f"an ordinary {w} unit" for w in _words(node, "ordinary"))
    return WrittenCase(
        name=" ".join(names),
        why=why,
        verdict=" ".join(_words(node, "verdict")),
        text=_block(text, node.place.line or 1),
        written_at=f"{node.place.file}:{node.place.line}",
    )


@lru_cache(maxsize=READ)
def _documents(text: str, file: str) -> tuple[Node, ...]:
    """Read once as long as the file stays as it is."""
    try:
        return tuple(load(text, file))
    except FileError:
        return ()  # a draft that is half written; `tollgate rules check` says what is wrong


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder.parent).as_posix()
