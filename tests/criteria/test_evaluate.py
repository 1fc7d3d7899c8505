"""What sentences come to: exact, and unknown only where the answer is really open."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_sentences import KEYS, NAMES, boolean, narrowed, values

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import parse, write
from sapwood.truth import AND, NOT, OR, Truth, at_least
from sapwood.values import Moment, Range, Value, day_moment, read_moment

D = Decimal
UNDER = Range(None, D("0.01"), high_open=True)  # "<0.01"
OVER = Range(D(60), None, low_open=True)  # ">60"
TRUTHS: tuple[Truth, ...] = (True, False, None)


class Known(dict[str, Value]):
    def __missing__(self, key: str) -> Value:
        return None


def come_to(sentence: str, kind: str | None = "boolean", /, **known: Value) -> Value:
    limits = {key.replace("__", "."): value for key, value in known.items()}
    return compile_tree(parse(sentence, NAMES, where="test", kind=kind))(Known(limits))


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


@pytest.mark.parametrize(
    ("sentence", "x", "expected"),
    [
        ("4.1 - 3.6 < 0.5", None, False),  # in binary floats this is true, and a hold is missed
        ("x >= 3.2", D("3.2"), True),
        ("x >= 3.2", D("3.20"), True),
        ("x < 3.2", D("3.2"), False),
        ("x > 3.2", D("3.2000000000000000000000000000000000000000001"), True),
        ("x * 3 = 0.3", D("0.1"), True),
        ("x / 3 * 3 = 1", D(1), True),
        ("1 / 3 + 1 / 3 + 1 / 3 = 1", None, True),
        ("x IN (1, 3.20)", D("3.2"), True),
        ("x NOT IN (1, 3)", D("3.2"), True),
        ("x BETWEEN 3.2 AND 5", D("3.2"), True),
        ("-x < 0", D(1), True),
        ("x > 0", None, None),
        ("x - x = 0", None, None),
    ],
)
def test_numbers_are_exact(sentence: str, x: Value, expected: Truth) -> None:
    """Decimals from the printed digits, fractions where a division needs them."""
    assert come_to(sentence, x=x) is expected


@pytest.mark.parametrize(
    "x", [D(0), D("0.000"), Range(D(-1), D(1)), Range(D(0), D(1)), Range(None, D(5)), None]
)
def test_division_by_what_may_be_zero_is_unknown(x: Value) -> None:
    """Never an error, never infinity."""
    assert come_to("1 / x > 0", x=x) is None
    assert come_to("1 / x > 0 OR TRUE", x=x) is True


@pytest.mark.parametrize(
    ("sentence", "x", "expected"),
    [
        ("x < 0.01", UNDER, True),
        ("x >= 0.01", UNDER, False),
        ("x <= 0.01", UNDER, True),
        ("x < 0.005", UNDER, None),
        ("x = 0.01", UNDER, False),
        ("x <> 0.01", UNDER, True),
        ("x = 0.005", UNDER, None),
        ("x > 60", OVER, True),
        ("x > 60", Range(D(60), None), None),
        ("x >= 60", Range(D(60), None), True),
        ("x > 90", OVER, None),
        ("x = 60", OVER, False),
        ("x IN (1, 60)", OVER, False),
        ("x IN (1, 61)", OVER, None),
        ("x * 2 > 120", OVER, True),
        ("x * -2 < -120", OVER, True),
        ("x / 2 > 30", OVER, True),
        ("x - 60 > 0", OVER, True),
        ("60 - x < 0", OVER, True),
        ("x + 1 > 61", OVER, True),
        ("0 * x = 0", OVER, None),
        ("0 * x = 0", Range(D(1), D(2)), True),
        ("x * x >= 1", Range(D(1), D(2)), True),
        ("x * x <= 4", Range(D(1), D(2)), True),
        ("1 / x <= 1", Range(D(1), D(2)), True),
        ("1 / x < 0", Range(D(-2), D(-1)), True),
        ("x = 3", Range(D(3), D(3)), True),
        ("x * x = 9", Range(D(3), D(3)), True),
        ("x > 0", Range(None, None), None),
    ],
)
def test_ranges_are_unknown_only_when_they_straddle(sentence: str, x: Value, expected: Truth) -> None:
    """A value known within limits answers every question its limits answer."""
    assert come_to(sentence, x=x) is expected


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


def test_fractions_and_decimals_mix() -> None:
    """An end of a range may be a fraction, as after a unit conversion."""
    third = Range(Fraction(1, 3), Fraction(1, 2))
    assert come_to("x > 0.333333", x=third) is True
    assert come_to("x * 3 >= 1 AND x + 1 < 1.6", x=third) is True


@given(r=st.randoms(use_true_random=False))
def test_knowing_more_never_overturns_a_verdict(r: Random) -> None:
    """Filling an unknown or narrowing a range can settle a sentence, and never turns true and false about."""
    tree = boolean(r, 3)
    before = values(r)
    read = compile_tree(tree)
    verdict = read(before)
    for key, kind in KEYS.items():
        after = {**before, key: narrowed(r, before[key], kind)}
        assert verdict is None or read(after) is verdict, f"{write(tree)}: {before[key]} -> {after[key]}"
        before, verdict = after, read(after)


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
