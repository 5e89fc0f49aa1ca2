"""Partner profiles and the located YAML under them."""

import pytest

from app.authoring.files.located_yaml import Mapping, Scalar, load, nearest
from app.authoring.files.partner_files import profiles_of, read_partners
from app.errors import FileError
from app.measures import WeightUnit
from tests.unit.evidence.intake.made_up import ROOT

STANDARD = """
partner: standard
assume: {weight_unit: lb, currency: USD}
codes:
  1650:
    version: s-1
    words: {D1: delivered, AF: picked_up}
"""


def mistakes(**files: str) -> list[str]:
    texts = {f"{name}/profile.yaml": text for name, text in files.items()}
    with pytest.raises(FileError) as caught:
        profiles_of(texts)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_standard_profile_of_the_repository_is_sound() -> None:
    profiles = read_partners(ROOT / "rules" / "partners")
    standard = profiles.standard
    assert standard.word("1650", "D1") == "delivered"
    assert standard.word("1650", "XB") is None
    assert standard.word("353", "00") == "tendered"
    assert standard.word("368", "CP") == "short_closed"
    assert not standard.strict


def test_a_partner_says_only_what_differs() -> None:
    acme = """
partner: acme
senders: [ACME, "0079"]
envelope: {strict: yes}
assume: {weight_unit: kg}
customers: {NO: BLUEWAVE}
codes:
  1650:
    version: a-2
    words: {XB: other, AF: unmapped}
"""
    profiles = profiles_of({"standard/profile.yaml": STANDARD, "acme/profile.yaml": acme})
    profile = profiles.of("", "0079")
    assert profile.name == "acme"
    assert profile.strict
    assert (profile.weight_unit, profile.currency) == (WeightUnit.KG, "USD")
    assert profile.customers == {"NO": "BLUEWAVE"}
    assert profile.codes["1650"].words == {"D1": "delivered", "XB": "other"}
    assert profile.version_of("1650") == "a-2 over s-1"
    assert profiles.of("SOMEBODY") == profiles.standard


def test_all_mistakes_of_all_files_are_told_at_once_with_their_places() -> None:
    wrong = """
partner: acme
sendres: [A]
envelope: {strict: maybe, zone: Mars/Base}
codes:
  1650:
    version: a-1
    words: {D1: delivred}
  9999: {version: x, words: {}}
"""
    other = "partner: other\nassume: {currency: XYZ}\n"
    found = mistakes(standard=STANDARD, acme=wrong, other=other)
    assert [text.split(" ")[0] for text in found] == [
        "acme/profile.yaml:3:1:",
        "acme/profile.yaml:4:20:",
        "acme/profile.yaml:4:33:",
        "acme/profile.yaml:9:3:",
        "acme/profile.yaml:8:17:",
        "other/profile.yaml:2:20:",
    ]
    assert "did you mean `senders`?" in found[0]
    assert "did you mean `delivered`?" in found[4]


def test_two_partners_cannot_claim_one_sender() -> None:
    found = mistakes(
        standard=STANDARD,
        one="partner: one\nsenders: [A]\n",
        two="partner: two\nsenders: [A]\n",
    )
    assert found == [
        "two/profile.yaml:2:11: sender `A` is claimed already at one/profile.yaml:2:11"
    ]


def test_there_must_be_a_standard_profile() -> None:
    assert mistakes(one="partner: one\n") == ["standard/profile.yaml: there is no standard profile"]


def test_scalars_stay_text_with_their_place() -> None:
    (node,) = load("a: NO\nb: 1e3\nc: ''\nd:\n", "f.yaml")
    assert isinstance(node, Mapping)
    assert [value.text for _, value in node.entries if isinstance(value, Scalar)] == [
        "NO",
        "1e3",
        "",
        "",
    ]
    b = node.get("b")
    assert b is not None
    assert str(b.place) == "f.yaml:2:4"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\na: 2\n", "f.yaml:2:1: `a` is given twice; first in line 1"),
        ("a: &x 1\nb: *x\n", "f.yaml:1:4: the anchor `&x`"),
        ("a: !!str 1\n", "f.yaml:1:4: the tag"),
        ("a:\n\tb: 1\n", "f.yaml:2:1: a tab in the indentation"),
        ("? [a]\n: 1\n", "f.yaml:1:3: a list or a map is used as a key"),
        ("a: [1,\n", "f.yaml:2:1: while parsing a flow node"),
        ("a: \x00\n", "f.yaml:1:4: a character that YAML does not allow"),
        ("[" * 1000, "nested too deep"),
    ],
)
def test_what_two_readers_could_understand_differently_is_refused(text: str, says: str) -> None:
    with pytest.raises(FileError) as caught:
        load(text, "f.yaml")
    assert says in str(caught.value)


def test_the_nearest_allowed_word_is_found() -> None:
    assert nearest("Curency", ["currency", "zone"]) == "currency"
    assert nearest("xyz", ["currency", "zone"]) == ""
