"""Numbers in sentences: exact, and unknown only where a range leaves the answer open."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from sentences import come_to

from sapwood.truth import Truth
from sapwood.values import Range, Value

D = Decimal
UNDER = Range(None, D("0.01"), high_open=True)  # "<0.01"
OVER = Range(D(60), None, low_open=True)  # ">60"


def test_a_fall_of_exactly_half_is_not_missed() -> None:
    """In binary floats 4.1 - 3.6 is less than 0.5, and a hold is missed."""
    assert come_to("x.high - x >= 0.5", x__high=D("4.1"), x=D("3.6")) is True
    assert come_to("4.1 - 3.6 < 0.5") is False


@pytest.mark.parametrize(
    ("sentence", "x", "expected"),
    [
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
def test_a_comparison_is_unknown_only_when_the_range_straddles_it(
    sentence: str, x: Value, expected: Truth
) -> None:
    """A value known within limits answers every question its limits answer."""
    assert come_to(sentence, x=x) is expected


def test_fractions_and_decimals_mix() -> None:
    """An end of a range may be a fraction, as after a unit conversion."""
    third = Range(Fraction(1, 3), Fraction(1, 2))
    assert come_to("x > 0.333333", x=third) is True
    assert come_to("x * 3 >= 1 AND x + 1 < 1.6", x=third) is True
