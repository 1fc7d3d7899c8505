"""Minimal sets of facts that could settle a sentence, against brute force."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import Known

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import Name, Tree, bases_in, parse, write
from sapwood.criteria.settle import Settling, candidate_answers, settling
from sapwood.criteria.tree import Named, walk
from sapwood.errors import SentenceError
from sapwood.values import Value, read_moment

NAMES = {
    **{name: Name("boolean") for name in "abcdefgh"},
    "crit": Name("boolean", has_when=False),
    "x": Name("number", attributes=frozenset({"high", "low"})),
    "y": Name("number"),
    "total": Name("number"),
    "tissue": Name("code", words=("skin", "marrow", "node")),
    "m": Name("moment"),
    "as_of": Name("moment", has_when=False),
}


def tree(sentence: str) -> Tree:
    return parse(sentence, NAMES, where="test", kind=None)


def settled(
    sentence: str, known: dict[str, Value] | None = None, inside: dict[str, str] | None = None
) -> Settling:
    values = Known(known or {})
    values.setdefault("as_of", read_moment("2026-03-02"))
    opened = {name: tree(inner) for name, inner in (inside or {}).items()}
    return settling(
        tree(sentence),
        values,
        expand=opened.get,
        unknown=lambda name: values[name] is None,
        words=lambda name: NAMES[name].words,
    )


def random_sentence(r: Random, depth: int) -> str:
    leaves = [
        *"aabbcde",
        "x > 1",
        "x > 2",
        "x <= 1",
        "x + y > 3",
        "y = 2",
        "tissue = 'skin'",
        "tissue IN ('skin', 'node')",
        "tissue <> 'node'",
        "score(1, a, 2, b, 1, x > 1) >= 2",
        "score(1, a, 2, b, 1, c) = 2",
        "score(1, a, 2, NOT b) <> 1",
    ]
    if depth == 0 or r.random() < 0.25:
        return r.choice(leaves)
    items = list(dict.fromkeys(f"({random_sentence(r, depth - 1)})" for _ in range(r.randint(1, 3))))
    match r.randrange(4):
        case 0:
            return " AND ".join(items)
        case 1:
            return " OR ".join(items)
        case 2:
            return f"NOT {items[0]}"
        case _:
            return f"at_least({r.randint(1, len(items))}, {', '.join(items)})"


def random_tree(r: Random) -> Tree:
    while True:
        try:
            return tree(random_sentence(r, 3))
        except SentenceError:  # an item counted twice
            continue


def brute_force(t: Tree, values: Known) -> dict[bool, list[tuple[str, ...]]]:
    read = compile_tree(t)
    bases = [name for name in bases_in(t) if values[name] is None]
    answers = {
        name: candidate_answers(NAMES[name].kind, NAMES[name].words, [t], name, values=values)
        for name in bases
    }
    minimal: dict[bool, list[tuple[str, ...]]] = {True: [], False: []}
    for size in range(1, len(bases) + 1):
        for facts in combinations(bases, size):
            results = {
                read(Known({**values, **dict(zip(facts, choice, strict=True))}))
                for choice in product(*(answers[name] for name in facts))
            }
            for truth in (True, False):
                if truth in results and not any(set(less) <= set(facts) for less in minimal[truth]):
                    minimal[truth].append(facts)
    return minimal


@settings(max_examples=300)
@given(r=st.randoms(use_true_random=False))
def test_the_sets_are_those_of_brute_force(r: Random) -> None:
    """Every listed set is minimal and possible, none of at most four facts is left out of the first five.

    Where several comparisons read one number, their limits may depend on each other: there a listed set may hold
    a fact more than is needed, but never lacks one.
    """
    t = random_tree(r)
    numbers = [node.name for node in walk(t) if isinstance(node, Named) and node.kind == "number"]
    values = Known({name: r.random() < 0.5 for name in "abcde" if r.random() < 0.2})
    if r.random() < 0.2:
        values["y"] = Decimal(2)
    if compile_tree(t)(values) is not None:
        return
    found = settling(
        t,
        values,
        expand=lambda name: None,
        unknown=lambda name: values[name] is None,
        words=lambda name: NAMES[name].words,
    )
    expected = brute_force(t, values)
    for truth, sets, more in ((True, found.true, found.more_true), (False, found.false, found.more_false)):
        minimal = {frozenset(facts) for facts in expected[truth]}
        if len(numbers) != len(set(numbers)):
            assert all(any(one <= set(facts) for one in minimal) for facts in sets), f"{write(t)} {truth}"
            continue
        small = sorted(len(facts) for facts in minimal if len(facts) <= 4)
        assert {frozenset(facts) for facts in sets} <= minimal, f"{write(t)} {truth}"
        assert [len(facts) for facts in sets] == small[:5], f"{write(t)} {truth}"
        if len(sets) < len(minimal):
            assert more, f"{write(t)} {truth}"
        elif max(map(len, minimal), default=0) == len(bases_in(t)) <= 4:
            assert not more, f"{write(t)} {truth}"


def test_the_phenotype_rule_says_which_markers_are_missing() -> None:
    """Two of five markers seen: any one more would do, and three negative ones would end it."""
    found = settled("at_least(3, a, b, c, d, e)", {"a": True, "b": True})
    assert found == Settling((("c",), ("d",), ("e",)), (("c", "d", "e"),))


def test_a_known_sentence_has_nothing_to_settle() -> None:
    """A verdict that stands is not asked about."""
    assert settled("a OR b", {"a": True}) == Settling()


def test_a_boolean_is_never_both_true_and_false() -> None:
    """Sets that would need a fact to contradict itself are not offered."""
    assert settled("(a AND b) OR (NOT a AND c)").true == (("a", "b"), ("a", "c"))
    assert settled("a AND NOT a").true == ()
    assert settled("a AND NOT a").false == (("a",),)


def test_a_code_is_one_word_at_a_time() -> None:
    """Skin and marrow at once is impossible; so is neither of all the words there are."""
    assert settled("tissue = 'skin' AND tissue = 'marrow'") == Settling((), (("tissue",),))
    assert settled("tissue IN ('skin', 'marrow') OR tissue = 'node'") == Settling((("tissue",),), ())


def test_numbers_do_not_contradict_themselves() -> None:
    """Under 1 and over 2 at once is impossible; between is not."""
    assert settled("x < 1 AND x > 2").true == ()
    assert settled("x > 1 AND x < 1.001").true == (("x",),)
    assert settled("x + y < 1 AND x + y > 2").true == ()


def test_an_attribute_counts_as_its_fact() -> None:
    """`x / x.high` asks for x, whose answer brings its own limits; so does a known x without them."""
    assert settled("x / x.high <= 2.5") == Settling((("x",),), (("x",),))
    assert settled("x / x.high <= 2.5", {"x": Decimal(30)}) == Settling((("x",),), (("x",),))


def test_criteria_and_derived_facts_are_opened() -> None:
    """What is listed is what a person can be asked, never a criterion or a derived fact."""
    found = settled("crit AND total > 3", inside={"crit": "a OR b", "total": "x + y"})
    assert found == Settling((("a", "x", "y"), ("b", "x", "y")), (("a", "b"), ("x", "y")))


def test_a_fact_that_cannot_be_answered_is_not_offered() -> None:
    """Unknown for good, as a pregnancy test in a man: it settles nothing."""
    t = tree("a OR b")
    values = Known()
    found = settling(t, values, expand=lambda name: None, unknown=lambda name: name == "a")
    assert found == Settling((("a",),), ())


def test_scores_say_which_items_matter() -> None:
    """A score of 3 is the heavy item and a light one; to fail it takes the heavy one or both light."""
    found = settled("score(2, a, 1, b, 1, c) >= 3")
    assert found == Settling((("a", "b"), ("a", "c")), (("a",), ("b", "c")))


def test_time_is_settled_by_a_day() -> None:
    """A moment not known yet can make "at most 90 days ago" true or false."""
    assert settled("days_between(m, as_of) <= 90") == Settling((("m",),), (("m",),))


def test_more_is_said_when_there_are_more() -> None:
    """Five sets are listed, and that there are more; sets of five facts are not listed at all."""
    found = settled("a OR b OR c OR d OR e OR f")
    assert found.true == (("a",), ("b",), ("c",), ("d",), ("e",))
    assert found.more_true
    assert found.false == ()
    assert found.more_false  # only all six together make it false
    assert settled("a AND b AND c AND d AND e").true == ()
    assert settled("a AND b AND c AND d AND e").more_true


def test_candidate_answers_meet_every_case() -> None:
    """Both booleans, every word, and a number on each side of everything it is held against."""
    trees = [tree("x >= 3.2 AND tissue = 'skin'"), tree("x < 5")]
    assert candidate_answers("boolean", (), trees, "a") == (True, False)
    assert candidate_answers("code", ("skin", "marrow"), trees, "tissue") == ("skin", "marrow")
    numbers = candidate_answers("number", (), trees, "x")
    assert numbers == (Decimal("1.6"), Decimal("3.2"), Decimal("4.1"), Decimal(5), Decimal(10))
    days = candidate_answers("moment", (), trees, "m", as_of=read_moment("2026-03-02"))
    assert {str(day) for day in days} == {
        "2026-03-03",
        "2026-03-02",
        "2026-03-01",
        "2026-02-20",
        "2026-01-21",
        "2025-01-26",
    }
