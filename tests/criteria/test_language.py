"""What a sentence may say, what it becomes, and how everything else is refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_sentences import NAMES as RANDOM_NAMES
from random_sentences import boolean

from sapwood.criteria.language import (
    And,
    Arithmetic,
    AtLeast,
    Compare,
    DaysBetween,
    In,
    Literal,
    Name,
    Named,
    Not,
    Or,
    Score,
    Tree,
    bases_in,
    kind_of,
    names_in,
    parse,
    write,
)
from sapwood.errors import SentenceError

NAMES = {
    "a": Name("boolean"),
    "b": Name("boolean"),
    "c": Name("boolean"),
    "albumin": Name("number", attributes=frozenset({"high", "low"})),
    "alt": Name("number", attributes=frozenset({"high", "low"})),
    "ecog": Name("number"),
    "case": Name("number"),
    "tissue": Name("code", words=("skin", "marrow", "blood")),
    "regimen": Name("text"),
    "as_of": Name("moment", has_when=False),
    "relapse_on": Name("moment"),
    "fit": Name("boolean", has_when=False),
}
A, B, C = (Named(name, None, "boolean") for name in "abc")
ALBUMIN, ALT = Named("albumin", None, "number"), Named("alt", None, "number")
ALT_HIGH = Named("alt", "high", "number")
TISSUE, REGIMEN = Named("tissue", None, "code"), Named("regimen", None, "text")
LAST_OF_JANUARY = Literal(date(2026, 1, 31), "moment")
AS_OF, RELAPSE = Named("as_of", None, "moment"), Named("relapse_on", None, "moment")


def num(text: str) -> Literal:
    return Literal(Decimal(text), "number")


TREES: list[tuple[str, Tree]] = [
    ("a", A),
    ("TRUE", Literal(True, "boolean")),
    ("1 = 1", Compare("=", num("1"), num("1"))),
    ("albumin >= 3.2", Compare(">=", ALBUMIN, num("3.2"))),
    ("3.2 <= albumin", Compare("<=", num("3.2"), ALBUMIN)),
    ("albumin <> -1", Compare("<>", ALBUMIN, num("-1"))),
    ("albumin=-1", Compare("=", ALBUMIN, num("-1"))),
    ("albumin > - - 1", Compare(">", ALBUMIN, num("1"))),
    ("albumin > -(1)", Compare(">", ALBUMIN, num("-1"))),
    ("albumin > -0", Compare(">", ALBUMIN, num("0"))),
    ("-albumin < 0", Compare("<", Arithmetic("-", num("0"), ALBUMIN), num("0"))),
    ("alt / alt.high <= 2.5", Compare("<=", Arithmetic("/", ALT, ALT_HIGH), num("2.5"))),
    ("alt - 1 - 2 > 0", Compare(">", Arithmetic("-", Arithmetic("-", ALT, num("1")), num("2")), num("0"))),
    ("alt + 1 * 2 > 0", Compare(">", Arithmetic("+", ALT, Arithmetic("*", num("1"), num("2"))), num("0"))),
    ("a AND b AND c", And((A, B, C))),
    ("a and (b And c)", And((A, And((B, C))))),
    ("a OR b AND c", Or((A, And((B, C))))),
    ("NOT a AND b", And((Not(A), B))),
    ("NOT NOT a", Not(Not(A))),
    ("NOT albumin > 3", Not(Compare(">", ALBUMIN, num("3")))),
    ("albumin BETWEEN 1 AND 5", And((Compare(">=", ALBUMIN, num("1")), Compare("<=", ALBUMIN, num("5"))))),
    (
        "albumin NOT BETWEEN 1 AND 5 OR a",
        Or((Not(And((Compare(">=", ALBUMIN, num("1")), Compare("<=", ALBUMIN, num("5"))))), A)),
    ),
    ("tissue = 'skin'", Compare("=", TISSUE, Literal("skin", "text"))),
    ("'skin' <> tissue", Compare("<>", TISSUE, Literal("skin", "text"))),
    ("tissue IN ('skin', 'blood')", In(TISSUE, ("skin", "blood"))),
    ("NOT tissue IN ('skin')", Not(In(TISSUE, ("skin",)))),
    ("tissue NOT IN ('skin')", Not(In(TISSUE, ("skin",)))),
    ("ecog IN (0, 1, 2.0, -1)", In(Named("ecog", None, "number"), (*map(Decimal, ("0", "1", "2.0", "-1")),))),
    ("regimen = 'it''s -- /* ; \"'", Compare("=", REGIMEN, Literal("it's -- /* ; \"", "text"))),
    ("case > 3", Compare(">", Named("case", None, "number"), num("3"))),
    ("relapse_on < as_of", Compare("<", RELAPSE, AS_OF)),
    ("albumin.when >= DATE '2026-01-31'", Compare(">=", Named("albumin", "when", "moment"), LAST_OF_JANUARY)),
    ("date '2026-01-31' < as_of", Compare("<", LAST_OF_JANUARY, AS_OF)),
    ("days_between(relapse_on, as_of) <= 90", Compare("<=", DaysBetween(RELAPSE, AS_OF), num("90"))),
    ("at_least(2, a, b, NOT c)", AtLeast(2, (A, B, Not(C)))),
    ("score(1, a, 2.5, b) >= 2", Compare(">=", Score(((Decimal(1), A), (Decimal("2.5"), B))), num("2"))),
    ("a\n  AND\tb", And((A, B))),
]  # fmt: skip

REFUSED: list[tuple[str, str, str, str]] = [
    # sentence, fragment, what is wrong, remedy
    ("", "", "the sentence is empty", "Write a comparison"),
    ("   ", "", "the sentence is empty", "Write a comparison"),
    ("albumim > 3", "albumim", "unknown name `albumim`", "Did you mean `albumin`?"),
    ("Albumin > 3", "Albumin", "unknown name `Albumin`", "Did you mean `albumin`?"),
    ("zzz", "zzz", "unknown name `zzz`", "Use the name of a fact or criterion"),
    ("a IS NULL", "IS", "IS cannot be used", "nothing asks whether a value is known"),
    ("a IS NOT TRUE", "IS", "IS cannot be used", "nothing asks whether a value is known"),
    ("a ISNULL", "ISNULL", "ISNULL cannot be used", "nothing asks whether a value is known"),
    ("a = NULL", "NULL", "NULL cannot be used", "nothing asks whether a value is known"),
    ("a IS DISTINCT FROM b", "IS", "IS cannot be used", "nothing asks whether a value is known"),
    ("COALESCE(a, FALSE)", "COALESCE(", "COALESCE() cannot be used", "nothing asks whether a value is known"),
    ("CASE WHEN a THEN b ELSE c END", "CASE", "CASE cannot be used", "Write it with AND, OR and NOT"),
    ("IF(a, b, c)", "IF(", "IF() cannot be used", "Write it with AND, OR and NOT"),
    ("regimen LIKE 'hyper%'", "LIKE", "LIKE cannot be used", "Compare with whole words"),
    ("EXISTS (SELECT 1)", "EXISTS(", "EXISTS() cannot be used", "searches nothing"),
    ("albumin > (SELECT 3)", "SELECT", "SELECT cannot be used", "searches nothing"),
    ("albumin <> ALL (1)", "ALL(", "ALL() cannot be used", "searches nothing"),
    ("albumin = ANY (1)", "ANY(", "ANY() cannot be used", "searches nothing"),
    ("CAST(albumin AS INT) > 3", "CAST(", "CAST() cannot be used", "already has its kind"),
    ("albumin::int > 3", "::", ":: cannot be used", "already has its kind"),
    ("a AS x", "AS", "AS cannot be used", "already has its kind"),
    ("a x", "x", "unknown name `x`", "Use the name"),
    ("sum(albumin) > 3", "sum(", "sum() cannot be used", "at_least(n, ...)"),
    ("greatest(albumin, alt) > 3", "greatest(", "greatest() cannot be used", "at_least(n, ...)"),
    ("abs(albumin) > 3", "abs(", "abs() cannot be used", "+ - * /"),
    ("at_lest(1, a)", "at_lest(", "at_lest() cannot be used", "Did you mean `at_least`?"),
    ("albumin (3)", "albumin(", "albumin is a name, not a function", "Leave the parentheses out"),
    ("a; b", ";", "; cannot be used", "One sentence at a time"),
    ("a -- comment", "--", "-- cannot be used", "no comments"),
    ("a /* comment */", "/*", "/* cannot be used", "no comments"),
    ('"a"', '"', "has no meaning here", "Write names plainly"),
    ("`a`", "`", "has no meaning here", "Write names plainly"),
    ("albumin > ?", "?", "? cannot be used", "The signs are"),
    ("albumin > $1", "$", "$ cannot be used", "The signs are"),
    ("albumin > :x", ":", ": cannot be used", "The signs are"),
    ("albumin % 2 = 1", "%", "% cannot be used", "The signs are"),
    ("albumin // 2 = 1", "//", "// cannot be used", "The signs are"),
    ("albumin ** 2 = 1", "**", "** cannot be used", "The signs are"),
    ("albumin ^ 2 = 1", "^", "^ cannot be used", "The signs are"),
    ("regimen || 'x' = 'y'", "||", "|| cannot be used", "Compare with whole words"),
    ("albumin != 3", "!=", "!= cannot be used", "Write <>"),
    ("albumin == 3", "==", "== cannot be used", "Write ="),
    ("albumin => 3", "=>", "=> cannot be used", "Write >="),
    ("albumin ≥ 3", "≥", "≥ has no meaning here", "Write >="),
    ("albumin > 1e5", "1e5", "not a plain number", "no exponent"),
    ("albumin > 1_000", "1_000", "not a plain number", "no exponent"),
    ("albumin > .5", ".5", "not a plain number", "digits, a point, digits"),
    ("albumin > 5.", "5.", "not a plain number", "digits, a point, digits"),
    ("albumin > 3g", "3g", "not a plain number", "no unit"),
    ("albumin > 0x1F", "0x1F", "not a plain number", "no exponent"),
    ("albumin > ٣", "٣", "not a plain number", "digits"),
    ("albumin > 9999999999999999999", "9999999999999999999", "not a plain number", "digits"),
    ("albumin > + 3", "+", "a plus sign stands before no number", "Leave the plus sign out"),
    ("tissue = 'skin", "'", "has no meaning here", "Close the quoted word"),
    ("tissue = ‘skin’", "‘", "has no meaning here", "plain single quote"),
    ("tissue = e'skin'", "e", "unknown name `e`", "Use the name"),
    ("tissue = 'skin' 'marrow'", "CONCAT('skin', 'marrow')", "this form cannot be used", "docs/language.md"),
    ("alt.hihg > 3", "alt.hihg", "`alt` has no `.hihg`", "It has `alt.high`, `alt.low`, `alt.when`"),
    ("ecog.high > 3", "ecog.high", "`ecog` has no `.high`", "It has `ecog.when`"),
    ("as_of.when > as_of", "as_of.when", "`as_of` has no `.when`", "Write `as_of` alone"),
    ("fit.when > as_of", "fit.when", "`fit` has no `.when`", "Write `fit` alone"),
    ("alt.high.low > 3", "alt.high.low", "at most one attribute", "`alt.when`"),
    ("albumin", "albumin", "this is a number, not a yes or no", "Compare it"),
    ("tissue", "tissue", "this is a code, not a yes or no", "Compare it"),
    ("albumin AND a", "albumin", "this is a number, not a yes or no", "Compare it"),
    ("NOT albumin", "albumin", "this is a number, not a yes or no", "Compare it"),
    ("a = TRUE", "a = TRUE", "a yes or no is not compared", "Write `a`"),
    ("TRUE = a", "TRUE = a", "a yes or no is not compared", "Write `a`"),
    ("a <> TRUE", "a <> TRUE", "a yes or no is not compared", "Write `NOT a`"),
    ("a = FALSE", "a = FALSE", "a yes or no is not compared", "Write `NOT a`"),
    ("a = b", "a = b", "a yes or no is not compared", "Write `a` or `NOT a`"),
    ("a = b = c", "a = b", "a yes or no is not compared", "Write `a` or `NOT a`"),
    ("a IN (TRUE)", "a IN (TRUE)", "a yes or no is not compared", "Write `a`"),
    ("1 < albumin < 5", "1 < albumin < 5", "comparisons are not chained", "joined by AND"),
    ("albumin = 3 IN (1)", "albumin = 3 IN (1)", "comparisons are not chained", "joined by AND"),
    ("albumin = '3'", "albumin = '3'", "a number cannot be compared with a text", "without quotes"),
    ("albumin > tissue", "albumin > tissue", "a number cannot be compared with a code", "Compare numbers"),
    ("tissue = 3", "tissue = 3", "`tissue` is a word, not a number", "Put the word in quotes"),
    ("tissue = 'skn'", "tissue 'skn'", "`tissue` is never 'skn'", "Did you mean `skin`?"),
    ("tissue IN ('skin', 'toe')", "tissue 'toe'", "`tissue` is never 'toe'", "skin, marrow, blood"),
    ("tissue > 'skin'", "tissue > 'skin'", "words have no order", "Use =, <> or IN"),
    ("tissue = regimen", "tissue = regimen", "a code cannot be compared with a text", "quoted words"),
    ("'a' = 'a'", "'a' = 'a'", "a text cannot be compared with a text", "quoted words"),
    ("tissue BETWEEN 'a' AND 'b'", "tissue BETWEEN 'a' AND 'b'", "BETWEEN wants three", "Use = or IN"),
    ("albumin BETWEEN 5 AND 1", "albumin BETWEEN 5 AND 1", "BETWEEN can never be true", "smaller limit"),
    ("albumin BETWEEN 1", "albumin BETWEEN 1", "the sentence cannot be read", "Check the parentheses"),
    ("albumin IN ()", "albumin IN ()", "IN wants a list", "in parentheses"),
    ("albumin IN 3", "albumin IN 3", "IN wants a list", "in parentheses"),
    ("albumin IN (alt)", "albumin IN (alt)", "IN lists only written values", "one by one"),
    ("albumin IN ('a')", "albumin IN ('a')", "a number cannot be one of these", "numbers for a number"),
    ("as_of IN (DATE '2026-01-01')", "as_of IN", "a moment cannot be one of these", "words for a code"),
    ("as_of > '2026-01-01'", "as_of > '2026-01-01'", "a moment cannot be compared with a text", "DATE '"),
    ("as_of > DATE '2026-02-30'", "DATE '2026-02-30'", "this is not a day", "DATE '2026-01-31'"),
    ("as_of > DATE '20260301'", "DATE '20260301'", "this is not a day", "DATE '2026-01-31'"),
    ("as_of > DATE '2026-03-01T00:00'", "DATE '2026-03-01T00:00'", "this is not a day", "DATE '2026-01-31'"),
    ("as_of > current_date", "current_date", "current_date cannot be used", "days_between(start, end)"),
    ("as_of > now()", "now(", "now() cannot be used", "days_between(start, end)"),
    ("as_of - relapse_on > 3", "as_of - relapse_on", "days are not added", "days_between(start, end)"),
    ("as_of + INTERVAL 3 DAY > as_of", "INTERVAL", "INTERVAL cannot be used", "days_between(start, end)"),
    ("days_between(as_of) > 1", "days_between(as_of)", "days_between wants two moments", "(start, end)"),
    ("days_between(as_of, 3) > 1", "3", "this is a number, not a moment", "Write a moment"),
    ("tissue + 1 > 2", "tissue + 1", "`tissue` is a code, not a number", "Use numbers only"),
    ("a + 1 > 2", "a + 1", "`a` is a yes or no, not a number", "Use numbers only"),
    ("-a > 2", "a", "this is a yes or no, not a number", "score(1, ...)"),
    ("at_least(a, b)", "at_least(a, b)", "wants a whole number first", "at_least(2, first"),
    ("at_least(0, a)", "at_least(0, a)", "wants a whole number first", "at_least(2, first"),
    ("at_least(1.5, a, b)", "at_least(1.5, a, b)", "wants a whole number first", "at_least(2, first"),
    ("at_least(-1, a)", "at_least(-1, a)", "wants a whole number first", "at_least(2, first"),
    ("at_least()", "at_least()", "wants a whole number first", "at_least(2, first"),
    ("at_least(3, a, b)", "at_least(3, a, b)", "3 of 2 can never be true", "Ask for at most 2"),
    ("at_least(1, albumin)", "albumin", "this is a number, not a yes or no", "Compare it"),
    ("at_least(2, a, a)", "at_least(2, a, a)", "`a` is counted twice", "List each item once"),
    ("score() > 1", "score()", "score wants pairs", "score(weight, item"),
    ("score(1, a, 2) > 1", "score(1, a, 2)", "score wants pairs", "score(weight, item"),
    ("score(a, 1) > 1", "a", "this is a yes or no, not a number", "score(1, ...)"),
    ("score(0, a) > 1", "score(0, a)", "a weight is a written number above zero", "score(2, item"),
    ("score(-1, a) > 1", "score(-1, a)", "a weight is a written number above zero", "score(2, item"),
    ("score(alt, a) > 1", "score(alt, a)", "a weight is a written number above zero", "score(2, item"),
    ("score(1, a, 2, a) > 1", "score(1, a, 2, a)", "`a` is counted twice", "List each item once"),
    ("score(1, a)", "score(1, a)", "this is a number, not a yes or no", "Compare it"),
    ("IN", "IN", "IN stands where a value should", "before and after"),
    ("(a", "( a", "the sentence cannot be read", "Check the parentheses"),
    ("a)", "a )", "the sentence cannot be read", "Check the parentheses"),
    ("a OR", "a OR", "the sentence cannot be read", "Check the parentheses"),
    ("a AND OR b", "a AND OR b", "the sentence cannot be read near `OR`", "Check the parentheses"),
    ("a b", "a b", "the sentence cannot be read near `b`", "Check the parentheses"),
    ("a, b", "a , b", "the sentence cannot be read", "Check the parentheses"),
    ("(a, b)", "(a, b)", "this form cannot be used", "docs/language.md"),
    ("()", "()", "this form cannot be used", "docs/language.md"),
    ("(" * 17 + "a" + ")" * 17, "(((", "too deeply nested", "criteria of their own"),
    ("NOT " * 500 + "a", "", "too deeply nested", "criteria of their own"),
    ("1" + " + 1" * 500 + " = 1", "", "too deeply nested", "criteria of their own"),
    ("a" + " AND a" * 5000, "a AND a", "the sentence is too long", "criteria of their own"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), TREES, ids=[sentence for sentence, _ in TREES])
def test_read(sentence: str, expected: Tree) -> None:
    """A sentence becomes exactly this tree, and its canonical form the same."""
    tree = parse(sentence, NAMES, where="test")
    assert tree == expected
    assert parse(write(tree), NAMES, where="test") == expected


@pytest.mark.parametrize(
    ("sentence", "fragment", "what", "remedy"), REFUSED, ids=[s[:40] for s, *_ in REFUSED]
)
def test_refused(sentence: str, fragment: str, what: str, remedy: str) -> None:
    """A refusal says where, what and what to do: the reason, not only that it failed."""
    with pytest.raises(SentenceError) as raised:
        parse(sentence, NAMES, where="criteria.yaml, `x`")
    problem = raised.value.problems[0]
    assert problem.where.startswith("criteria.yaml, `x`")
    assert f"`{fragment}" in problem.where if fragment else problem.where == "criteria.yaml, `x`"
    assert what in problem.what
    assert remedy in problem.remedy


def test_every_problem_is_told_at_once() -> None:
    """A pack author sees all that is wrong with a sentence in one go, mistyped names first."""
    with pytest.raises(SentenceError) as raised:
        parse("albumim > 3 AND tissue = 'skn' AND at_least(3, a, fitt)", NAMES, where="x")
    assert [problem.remedy for problem in raised.value.problems] == [
        "Did you mean `albumin`?",
        "Did you mean `fit`?",
        "Did you mean `skin`?",
    ]


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("albumin + 1", "number"),
        ("tissue", "code"),
        ("tissue", "text"),
        ("'skin'", "code"),
        ("as_of", "moment"),
    ],
)
def test_other_kinds(sentence: str, kind: str) -> None:
    """A derived fact may be of any kind, and is held to it."""
    parse(sentence, NAMES, where="x", kind=kind)
    with pytest.raises(SentenceError, match="not a yes or no"):
        parse(sentence, NAMES, where="x")
    parse(sentence, NAMES, where="x", kind=None)


def test_kind_and_names() -> None:
    """Names are told as written and as facts, each once."""
    tree = parse("alt / alt.high > 2 AND NOT a AND alt > 3 AND albumin.when < as_of", NAMES, where="x")
    assert names_in(tree) == ("alt", "alt.high", "a", "albumin.when", "as_of")
    assert bases_in(tree) == ("alt", "a", "albumin", "as_of")
    assert kind_of(tree) == "boolean"
    assert kind_of(parse("score(1, a)", NAMES, where="x", kind=None)) == "number"


def test_a_long_list_is_not_deep() -> None:
    """Many items side by side are one flat tree."""
    tree = parse(" AND ".join(["a"] * 900), NAMES, where="x")
    assert isinstance(tree, And)
    assert len(tree.items) == 900


def test_digits_are_kept_as_printed() -> None:
    """A number is what its digits say, never a binary float."""
    tree = parse("albumin > 3.20", NAMES, where="x")
    assert write(tree) == "albumin > 3.20"


@given(r=st.randoms(use_true_random=False))
def test_written_and_read_again(r: Random) -> None:
    """Every tree reads back from its own sentence."""
    tree = boolean(r, 3)
    assert parse(write(tree), RANDOM_NAMES, where="test") == tree


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Nothing typed ends in anything but a tree or a refusal."""
    try:
        parse(text, NAMES, where="x")
    except SentenceError as error:
        assert error.problems


PIECES = [
    *NAMES,
    *("alt.high AND OR NOT IN BETWEEN ( ) , = < - / 3.2 'skin' DATE '2026-01-01' TRUE 1 NULL".split()),
    *("at_least( score( days_between(".split()),
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_any_words_are_read_or_refused(text: str) -> None:
    """The same for sentences made of the right words in any order; what is read can be read again."""
    try:
        tree = parse(text, NAMES, where="x")
    except SentenceError as error:
        assert error.problems
    else:
        assert parse(write(tree), NAMES, where="x") == tree


def test_no_parser_is_loaded_before_it_is_needed() -> None:
    """A plan from checked trees starts without sqlglot."""
    script = "import sys, sapwood.criteria.language, sapwood.criteria.evaluate, sapwood.criteria.settle; "
    done = subprocess.run([sys.executable, "-c", script + "sys.exit('sqlglot' in sys.modules)"], check=False)
    assert done.returncode == 0
