"""What sentences come to: exact, and unknown only where the answer is really open."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_sentences import NAMES, boolean, values
from sentences import come_to

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import parse
from sapwood.truth import AND, NOT, OR, Truth, at_least
from sapwood.values import Moment, Range, Value, day_moment, read_moment

D = Decimal
TRUTHS: tuple[Truth, ...] = (True, False, None)


@pytest.mark.parametrize(("a", "b"), list(product(TRUTHS, repeat=2)))
def test_connectives_follow_the_tables(a: Truth, b: Truth) -> None:
    """AND, OR and NOT are the written-out tables."""
    assert come_to("a AND b", a=a, b=b) is AND[a, b]
    assert come_to("a OR b", a=a, b=b) is OR[a, b]
    assert come_to("NOT a", a=a) is NOT[a]


@pytest.mark.parametrize("items", list(product(TRUTHS, repeat=4)))
def test_counting_follows_its_table(items: tuple[Truth, ...]) -> None:
    """Counting agrees with the truth module, at every threshold."""
    known = dict(zip("abcd", items, strict=True))
    for wanted in range(1, 5):
        assert come_to(f"at_least({wanted}, a, b, c, d)", **known) is at_least(wanted, items)


def test_limits_travel_with_the_value() -> None:
    """`x / x.high` is unknown without a reference limit, and exact with one."""
    assert come_to("x / x.high <= 2.5", x=D(100), x__high=D(40)) is True
    assert come_to("x / x.high <= 2.5", x=D("100.001"), x__high=D(40)) is False
    assert come_to("x / x.high <= 2.5", x=D(100)) is None


def test_words() -> None:
    """Codes and texts are equal, one of several, or unknown."""
    assert come_to("tissue = 'skin'", tissue="skin") is True
    assert come_to("tissue <> 'skin'", tissue="skin") is False
    assert come_to("tissue IN ('skin', 'marrow')", tissue="it's") is False
    assert come_to("tissue IN ('skin', 'marrow')") is None
    assert come_to("regimen = 'it''s'", regimen="it's") is True


@pytest.mark.parametrize(
    ("b", "expected"),
    [(None, Range(D(2), D(3))), (True, D(3)), (False, D(2))],
)
def test_a_score_is_a_range_while_items_are_unknown(b: Truth, expected: Value) -> None:
    """The sum of what is true, and of what could still be."""
    assert come_to("score(2, a, 1, b, 5, c)", "number", a=True, b=b, c=False) == expected


def day(text: str) -> Moment:
    moment = read_moment(text)
    assert moment is not None
    return moment


@pytest.mark.parametrize(
    ("m", "n", "before", "same"),
    [
        ("2026-03-01", "2026-03-02", True, False),
        ("2026-03-02", "2026-03-01", False, False),
        ("2026-03-02", "2026-03-02", None, None),  # some time that day, and some time that day
        ("2026-02", "2026-03-02", True, False),
        ("2026-03", "2026-03-02", None, None),
        ("2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", True, False),
        ("2026-03-02T08:00:00Z", "2026-03-02T09:00:00+01:00", False, True),
        ("2026-03-02T08:00:00Z", "2026-03-02", None, None),
    ],
)
def test_moments(m: str, n: str, before: Truth, same: Truth) -> None:
    """Times compare by the instants they may be."""
    known = {"m": day(m), "n": day(n)}
    assert come_to("m < n", **known) is before
    assert come_to("m >= n", **known) is NOT[before]
    assert come_to("n > m", **known) is before
    assert come_to("n <= m", **known) is NOT[before]
    assert come_to("m = n", **known) is same
    assert come_to("m <> n", **known) is NOT[same]


@pytest.mark.parametrize(
    ("sentence", "m", "expected"),
    [
        ("m = DATE '2026-03-02'", "2026-03-02", True),
        ("m <= DATE '2026-03-02'", "2026-03-02T23:30:00-05:00", True),  # still that day where it was written
        ("m < DATE '2026-03-02'", "2026-03-02", False),
        ("m < DATE '2026-03-02'", "2026-03", None),
        ("m BETWEEN DATE '2026-01-01' AND DATE '2026-12-31'", "2026", True),
        ("DATE '2026-03-02' < DATE '2026-03-03'", "2026", True),
    ],
)
def test_written_days_compare_by_the_records_own_days(sentence: str, m: str, expected: Truth) -> None:
    """A DATE is a day, not an instant."""
    assert come_to(sentence, m=day(m)) is expected


@pytest.mark.parametrize(
    ("m", "expected"),
    [
        ("2026-03-01", D(1)),
        ("2026-03-02T23:59:00Z", D(0)),
        ("2026-02", Range(D(2), D(29))),
        ("2026-03-03", D(-1)),
    ],
)
def test_days_between(m: str, expected: Value) -> None:
    """Whole calendar days, a range when either day is not exact."""
    assert come_to("days_between(m, as_of)", "number", m=day(m), as_of=day("2026-03-02")) == expected
    assert come_to("days_between(m, as_of) <= 90", as_of=day("2026-03-02")) is None


def test_a_name_without_a_value_in_the_mapping_is_the_callers_to_answer() -> None:
    """Values are read by plain subscript, so that a mapping may say what is missing."""
    with pytest.raises(KeyError):
        compile_tree(parse("a", NAMES, where="test"))({})


@given(r=st.randoms(use_true_random=False))
def test_a_boolean_sentence_comes_to_a_truth(r: Random) -> None:
    """True, false or unknown: nothing else, and no error."""
    assert compile_tree(boolean(r, 3))(values(r)) in (True, False, None)


def test_an_instant_at_midnight_is_not_a_whole_day() -> None:
    """A day holds its own midnight, and is not it."""
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    instant = Moment(midnight, midnight, midnight.date(), midnight.date())
    whole = day_moment(midnight.date(), midnight.date())
    assert come_to("m = n", m=instant, n=whole) is None
    assert come_to("m <= n", m=instant, n=whole) is True
    assert come_to("m = n", m=instant, n=instant) is True
