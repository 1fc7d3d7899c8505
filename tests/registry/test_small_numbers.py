"""Small counts cannot be read, nor worked out from what is shown beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sapwood.errors import SapwoodError
from sapwood.registry.small_numbers import hide_parts, hide_small, shown, threshold_of, what_it_means


def test_small_counts_are_hidden_and_nobody_is_not() -> None:
    assert [shown(count) for count in (0, 1, 10, 11, 1200)] == ["0", "1-10", "1-10", "11", "1,200"]
    assert hide_small({"a": 0, "b": 3, "c": 30}) == {"a": 0, "b": None, "c": 30}


def test_one_hidden_part_takes_another_with_it() -> None:
    """200 in all, 150 and 46 shown: the third would be told to be 4."""
    assert hide_parts({"a": 150, "b": 46, "c": 4}) == {"a": 150, "b": None, "c": None}
    assert hide_parts({"a": 150, "b": 0, "c": 50}) == {"a": 150, "b": 0, "c": 50}
    assert hide_parts({"a": 150, "b": 1, "c": 1}) == {"a": None, "b": None, "c": None}


@given(st.dictionaries(st.integers(), st.integers(0, 40), min_size=1), st.integers(1, 20))
def test_what_is_hidden_cannot_be_worked_out(counts: dict[int, int], threshold: int) -> None:
    """The hidden parts are none, or two at least that add up to the threshold, or all there is."""
    hidden = hide_parts(counts, threshold)
    gone = [key for key, count in hidden.items() if count is None]
    assert all(hidden[key] == counts[key] for key in counts if key not in gone)
    assert all(key in gone for key in counts if 0 < counts[key] < threshold)
    left = [key for key in counts if key not in gone and counts[key]]
    assert not gone or not left or (len(gone) > 1 and sum(counts[key] for key in gone) >= threshold)


def test_lowering_says_what_it_means() -> None:
    assert "point at a person" in what_it_means(5)
    assert "point at a person" not in what_it_means(11)
    assert threshold_of(None) == 11
    with pytest.raises(SapwoodError):
        threshold_of(0)
