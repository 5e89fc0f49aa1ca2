"""Whichever reader of YAML is taken, a text means the same."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from app.authoring.files import located_yaml
from app.authoring.files.located_yaml import load
from app.errors import FileError

ROOT = Path(__file__).parents[2]
SIGNS = " \n:-,[]{}'\"#|>?&*!%@`\tab1é\x85\u2028\ufeff~=<.\r"
FILES = sorted(
    (*ROOT.glob("rules/**/*.yaml"), *ROOT.glob("ratecards/**/*.yaml"), *ROOT.glob("app/**/*.yaml"))
)

PARTS = ("a", "b", ": ", "- ", ", ", "\n  ", "?", "? ", "!x ", "|#", "|", "\t", "'", "#", *SIGNS)
AROUND = (("", ""), ("k: ", "\n"), ("- ", "\n- a"), ("[a, ", "]"), ("{k: ", "}"), ("{", ": a}"))
texts = st.builds(
    lambda around, parts: "".join((around[0], *parts, around[1])),
    st.sampled_from(AROUND),
    st.lists(st.sampled_from(PARTS), max_size=6),
)
spoilt = st.builds(
    lambda text, at, sign: text[: at % (len(text) + 1)] + sign + text[at % (len(text) + 1) :],
    st.sampled_from([file.read_text(encoding="utf-8")[:600] for file in FILES]),
    st.integers(0, 600),
    st.text(alphabet=SIGNS, min_size=1, max_size=3),
)


def read(text: str) -> Any:
    """What it means, without the places of values that are not there; or what is wrong."""
    try:
        return [meaning(each) for each in load(text, "a.yaml")]
    except FileError as refused:
        return str(refused)


def meaning(node: located_yaml.Node) -> Any:
    match node:
        case located_yaml.Mapping():
            return [(meaning(key), meaning(value)) for key, value in node.entries], node.place
        case located_yaml.Sequence():
            return [meaning(each) for each in node.items], node.place
        case _:
            return node.text, node.quoted, node.place if node.text or node.quoted else None


def patiently(text: str) -> Any:
    """The same by the reader that is written in Python alone."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(located_yaml, "QUICK", yaml.SafeLoader)
        return read(text)


@given(text=st.one_of(texts, spoilt))
@settings(max_examples=3000)
def test_a_text_means_the_same_to_both_readers(text: str) -> None:
    assert read(text) == patiently(text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_file_of_ours_is_the_same_to_both_readers(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert load(text, file.name) == _patient_load(text, file.name)


def _patient_load(text: str, name: str) -> list[located_yaml.Node]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(located_yaml, "QUICK", yaml.SafeLoader)
        return load(text, name)


@pytest.mark.parametrize("text", ["a: b?", "a:\tb", "? a", "a: !x b", "a: |# no", "\ufeffa: b"])
def test_where_they_differ_the_patient_one_is_asked(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(located_yaml, "QUICK", None)
    assert read(text) == patiently(text)


def test_where_they_agree_the_quick_one_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(located_yaml, "QUICK", None)
    with pytest.raises(TypeError):
        load("# May it be billed?\na: b", "a.yaml")


def test_what_is_wrong_is_said_as_ever() -> None:
    with pytest.raises(FileError, match=r"a\.yaml:1:6"):
        load("a: [b", "a.yaml")
