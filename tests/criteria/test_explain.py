"""Which parts of a sentence decided it, and how they read."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_sentences import boolean, values
from sentences import Known

from sapwood.criteria.evaluate import compile_tree, deciding, phrase
from sapwood.criteria.language import Name, parse, write
from sapwood.truth import Truth
from sapwood.values import Value

LIMITS = frozenset({"high", "low"})
NAMES = {
    **{name: Name("boolean") for name in "abcd"},
    "albumin": Name("number", attributes=LIMITS),
    "alt": Name("number", attributes=LIMITS),
    "ecog": Name("number"),
    "wish": Name("code", words=("comfort_only", "balanced")),
    "relapse": Name("moment"),
    "as_of": Name("moment", has_when=False),
}
TITLES = {
    "albumin": ("serum albumin", "g/dL"),
    "alt": ("ALT", "U/L"),
    "ecog": ("ECOG", "1"),
    "wish": ("wish", ""),
    "relapse": ("relapse", ""),
    "as_of": ("today", ""),
    **{name: (f"item {name}", "") for name in "abcd"},
}


@pytest.mark.parametrize(
    ("sentence", "known", "expected"),
    [
        ("a AND b", {"a": True, "b": True}, [("a", True), ("b", True)]),
        ("a AND b AND c", {"a": True, "b": False}, [("b", False)]),
        ("a AND b AND c", {"a": True}, [("b", None), ("c", None)]),
        ("a OR b OR c", {"a": True, "b": False}, [("a", True)]),
        ("a OR b", {"a": False, "b": False}, [("a", False), ("b", False)]),
        ("a OR b", {"a": False}, [("b", None)]),
        ("NOT (a AND b)", {"a": True, "b": False}, [("b", False)]),
        ("a AND (b OR c)", {"a": True, "b": True, "c": False}, [("a", True), ("b", True)]),
        ("a AND a", {"a": True}, [("a", True)]),
        ("at_least(2, a, b, c, d)", {"a": True, "b": True, "c": False}, [("a", True), ("b", True)]),
        ("at_least(2, a, b, c)", {"a": True, "b": False, "c": False}, [("b", False), ("c", False)]),
        ("at_least(2, a, b, c)", {"a": True, "b": False}, [("c", None)]),
        ("albumin >= 3.2 AND a", {"albumin": Decimal(3), "a": True}, [("albumin >= 3.2", False)]),
        ("TRUE OR a", {}, []),
    ],
)
def test_deciding(sentence: str, known: dict[str, Value], expected: list[tuple[str, Truth]]) -> None:
    """The true items of a true sentence, the false ones of a false, the unknown ones of an unknown."""
    atoms = deciding(parse(sentence, NAMES, where="test"), Known(known))
    assert [(write(atom.tree), atom.value) for atom in atoms] == expected


@pytest.mark.parametrize(
    ("sentence", "known", "names"),
    [
        ("score(2, a, 1, b, 1, c) >= 2", {"a": True, "b": False}, ("a",)),
        ("score(2, a, 1, b, 1, c) >= 2", {"a": False, "b": False, "c": True}, ("a", "b")),
        ("score(2, a, 1, b, 1, c) >= 3", {"a": True, "b": False}, ("c",)),
        ("score(2, a, 1, b) < 2", {"a": False, "b": True}, ("a",)),
        ("1 < score(1, a, 1, b AND c)", {"a": True, "b": True, "c": True}, ("a", "b", "c")),
        ("score(1, a, 1, b) = 1", {"a": True, "b": False}, ("a", "b")),
        ("score(1, a) + albumin > 3", {"a": True, "albumin": Decimal(4)}, ("a", "albumin")),
        ("alt / alt.high <= 2", {"alt": Decimal(4), "alt.high": Decimal(4)}, ("alt", "alt.high")),
    ],
)
def test_names_that_decided(sentence: str, known: dict[str, Value], names: tuple[str, ...]) -> None:
    """Of a score, only the items that made it high enough, kept it low, or leave it open."""
    (atom,) = deciding(parse(sentence, NAMES, where="test"), Known(known))
    assert atom.names == names


@given(r=st.randoms(use_true_random=False))
def test_every_verdict_is_explained(r: Random) -> None:
    """Atoms carry their own true values, and a verdict that reads any name has at least one."""
    tree, known = boolean(r, 3), values(r)
    atoms = deciding(tree, known)
    assert all(compile_tree(atom.tree)(known) is atom.value for atom in atoms)
    assert len(set(atoms)) == len(atoms)
    if compile_tree(tree)(known) is None:
        assert atoms
        assert all(atom.value is None for atom in atoms)
    assert all(phrase(atom.tree, lambda name: (name, "")) for atom in atoms)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("a", "item a"),
        ("albumin >= 3.2", "serum albumin at least 3.2 g/dL"),
        ("albumin < 3.2", "serum albumin under 3.2 g/dL"),
        ("albumin > 3.2", "serum albumin more than 3.2 g/dL"),
        ("albumin <= 3.2", "serum albumin at most 3.2 g/dL"),
        ("albumin = 3.2", "serum albumin 3.2 g/dL"),
        ("ecog <> 4", "ECOG not 4"),
        ("ecog IN (0, 1)", "ECOG 0 or 1"),
        ("albumin BETWEEN 3.5 AND 5", "serum albumin between 3.5 and 5 g/dL"),
        ("alt / alt.high <= 2.5", "ALT at most 2.5 × its upper limit of normal"),
        ("alt <= 2.5 * alt.high", "ALT at most 2.5 × its upper limit of normal"),
        ("albumin < albumin.low", "serum albumin under its lower limit of normal"),
        ("albumin < alt.high", "serum albumin under upper limit of normal of ALT"),
        ("albumin - 0.5 > ecog", "serum albumin - 0.5 more than ECOG"),
        ("wish = 'comfort_only'", "wish comfort only"),
        ("wish <> 'comfort_only'", "wish not comfort only"),
        ("wish IN ('comfort_only', 'balanced')", "wish comfort only or balanced"),
        ("relapse < as_of", "relapse before today"),
        ("relapse >= DATE '2026-01-31'", "relapse not before 2026-01-31"),
        ("albumin.when > relapse", "date of serum albumin after relapse"),
        ("days_between(relapse, as_of) <= 90", "at most 90 days from relapse to today"),
        ("at_least(2, a, b, NOT c)", "at least 2 of: item a, item b, not (item c)"),
        ("score(2, a, 1, b) >= 2", "score of item a (2), item b (1) at least 2"),
        ("a OR (b AND c)", "item a or (item b and item c)"),
    ],
)
def test_phrase(sentence: str, expected: str) -> None:
    """Short plain words, with the unit where there is one."""
    assert phrase(parse(sentence, NAMES, where="test"), lambda name: TITLES[name]) == expected
