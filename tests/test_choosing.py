"""Which of several values counts: every rule, every bound in time, and what speaks against using a value."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from small_packs import TODAY, code, condition, observed, one_fact, quantity

from sapwood.choosing import plain
from sapwood.spans import duration
from sapwood.values import Range, read_moment

FIND = [{"in": "Observation", "codes": {"lab": ["x"]}}]
ANCHOR = {"mark": {"type": "instant", "find": [{"in": "Observation", "codes": {"lab": ["mark"]}}]}}
THREE = [observed("x", 3, "2026-01-05"), observed("x", 5, "2026-02-05"), observed("x", 4, "2026-03-01")]


def number(**more: Any) -> dict[str, Any]:
    return {"type": "quantity", "unit": "g/dL", "find": FIND, **more}


def yes_no(**more: Any) -> dict[str, Any]:
    return {"type": "boolean", "find": FIND, **more}


def marked(when: str) -> dict[str, Any]:
    return observed("mark", valueDateTime=when)


@pytest.mark.parametrize(
    ("which", "value", "source"),
    [("latest", 4, "r3"), ("earliest", 3, "r1"), ("highest", 5, "r2"), ("lowest", 3, "r1")],
)
def test_which_value_counts(which: str, value: int, source: str) -> None:
    fact = one_fact(number(which=which), *THREE)
    assert (fact.state, fact.value, fact.sources) == ("known", value, (f"Observation/{source}",))


def test_file_order_never_matters() -> None:
    for order in ((2, 1, 0), (1, 0, 2), (2, 0, 1)):
        assert one_fact(number(), *(THREE[place] for place in order)).value == 4


@pytest.mark.parametrize(
    ("which", "said", "value"),
    [
        ("any", [False, True, False], True),
        ("any", [False, False], False),
        ("any", [], None),
        ("all", [True, True], True),
        ("all", [True, False], False),
        ("all", [], None),
        ("agree", [True, True], True),
        ("agree", [True, False], None),
    ],
)
def test_any_all_and_agree(which: str, said: list[bool], value: bool | None) -> None:
    found = [observed("x", one, f"2026-01-{day:02}") for day, one in enumerate(said, 1)]
    fact = one_fact(yes_no(which=which), *found)
    assert fact.value is value
    if value is None:
        assert fact.state == ("conflicting" if said else "missing")


def test_any_and_all_wait_for_what_was_not_understood() -> None:
    murky = observed("x", "who knows")
    assert one_fact(yes_no(which="any"), observed("x", False), murky).state == "unusable"
    assert one_fact(yes_no(which="any"), observed("x", True), murky).value is True
    assert one_fact(yes_no(which="all"), observed("x", True), murky).state == "unusable"
    assert one_fact(yes_no(which="all"), observed("x", False), murky).value is False


def test_count_counts_what_may_count() -> None:
    count = {"type": "count", "which": "count", "find": [{"in": "Condition", "words": ["flare"]}]}
    flares = [condition(text="flare", onsetDateTime=f"2026-01-{day:02}") for day in (1, 9)]
    assert one_fact(count, *flares).value == 2
    assert one_fact(count, *flares, condition(text="flare", verification="refuted")).value == 2
    assert one_fact(count).state == "missing"
    assert one_fact({**count, "within": "30d"}, *flares, as_of="2026-02-05").value == 1


# --- bounds in time --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bound", "value"),
    [
        ({"after": "mark"}, 4),
        ({"on_day": "mark"}, 5),
        ({"on_day": "as_of"}, None),
        ({"day_before": "as_of"}, 4),
        ({"day_before": "mark"}, None),
        ({"within": "1d"}, 4),
        ({"within": "7d", "which": "highest"}, 4),
        ({"within": "40d", "which": "highest"}, 5),
    ],
)
def test_bounds_in_time(bound: dict[str, str], value: int | None) -> None:
    fact = one_fact(number(**bound), *THREE, marked("2026-02-05"), others=ANCHOR)
    assert fact.value == value
    assert fact.state == ("known" if value is not None else "missing")
    assert len(fact.rejected) == 3 - (1 if value is not None else 0) - (bound.get("within") == "40d")


def test_a_value_of_the_anchors_own_day_that_cannot_be_ordered_is_never_passed_over() -> None:
    """A baseline of that very morning may be the one that counts: an older one must not take its place."""
    fact = one_fact(number(before="mark"), *THREE, marked("2026-02-05"), others=ANCHOR)
    assert (fact.state, fact.value) == ("unusable", None)
    assert one_fact(number(before="mark"), *THREE, marked("2026-02-06"), others=ANCHOR).value == 5


def test_each_bound_says_why() -> None:
    def why(**bound: str) -> str:
        return one_fact(number(**bound), THREE[0], marked("2026-01-05"), others=ANCHOR).rejected[0][1]

    assert why(before="mark") == "is not known to be before mark"
    assert why(after="mark") == "is not known to be after mark"
    assert why(on_day="as_of") == "is from another day"
    assert why(day_before="as_of") == "is from another day"
    assert why(within="7d") == "is older than 7d"


def test_an_anchor_that_is_unknown_admits_nothing() -> None:
    for bound in ("before", "after", "on_day", "day_before"):
        assert one_fact(number(**{bound: "mark"}), *THREE, others=ANCHOR).state == "missing"


def test_instants_on_one_day_are_told_apart() -> None:
    morning, noon = observed("x", 3, "2026-02-05T08:00:00Z"), observed("x", 5, "2026-02-05T12:00:00Z")
    at = marked("2026-02-05T10:00:00Z")
    assert one_fact(number(before="mark"), morning, noon, at, others=ANCHOR).value == 3
    assert one_fact(number(after="mark"), morning, noon, at, others=ANCHOR).value == 5
    assert one_fact(number(), noon, morning).value == 5
    assert one_fact(number(before="mark"), morning, marked("2026-02-05"), others=ANCHOR).state == "unusable"


def test_the_day_is_the_records_own_day() -> None:
    late = observed("x", 3, "2026-03-02T23:30:00-08:00")
    assert one_fact(number(on_day="as_of"), late).value == 3
    assert one_fact(number(on_day="as_of"), late, as_of="2026-03-03").state == "missing"


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-01-31", "known"), ("2026-01-30", "stale"), ("2026-02", "known"), ("2026-01", "stale")],
)
def test_a_value_holds_for_so_long(day: str, state: str) -> None:
    fact = one_fact(number(holds="30d"), observed("x", 3, day))
    assert fact.state == state
    if state == "stale":
        assert (fact.value, fact.note) == (None, "older than 30d")


def test_an_undated_value_cannot_be_fresh() -> None:
    undated = observed("x", 3, None)
    fact = one_fact(number(holds="30d"), undated)
    assert (fact.state, fact.note) == ("stale", "undated, so its age is not known")
    fact = one_fact(number(), undated)
    assert (fact.value, fact.note) == (3, "undated")
    fact = one_fact(number(undated="refuse"), undated)
    assert (fact.state, fact.note) == ("unusable", "is undated, so it cannot be placed in time")
    assert one_fact(number(within="7d"), undated).state == "unusable"
    assert one_fact(number(), undated, THREE[0]).value == 3


def test_what_is_dated_after_the_day_never_counts() -> None:
    fact = one_fact(number(), *THREE, as_of="2026-02-28")
    assert fact.value == 5
    assert fact.rejected == (("Observation/r3", "is dated after the day of this plan"),)
    assert (
        one_fact(number(), observed("x", 3, "2026-03-02T12:00:00Z"), as_of="2026-03-02T11:00:00Z").state
        == "missing"
    )


def test_what_was_issued_later_was_not_known_then() -> None:
    result = observed("x", 3, "2026-02-01", issued="2026-02-20T09:00:00Z")
    fact = one_fact(number(), result, as_of="2026-02-10")
    assert (fact.state, fact.rejected[0][1]) == ("missing", "was not yet known on the day of this plan")
    assert one_fact(number(), result, as_of="2026-02-20").value == 3
    assert one_fact(number(), result, as_of="2026-02-20T08:59:00Z").state == "missing"


def test_a_look_back_counts_only_what_is_dated() -> None:
    fact = one_fact(number(), observed("x", 3, None), THREE[2], as_of="2026-02-01")
    assert fact.state in ("missing", "unusable")
    assert "is undated, and a look back counts only what has a date" in [why for _, why in fact.rejected]


# --- two values, and what cannot be read ------------------------------------------------------------


def test_two_values_of_one_time_conflict() -> None:
    fact = one_fact(number(), observed("x", 3), observed("x", 4))
    assert (fact.state, fact.value, fact.note) == ("conflicting", None, "sources disagree: 3 / 4")
    assert fact.sources == ("Observation/r1", "Observation/r2")
    same = one_fact(number(), observed("x", 3), observed("x", quantity(30, "g/L")))
    assert (same.value, same.sources) == (3, ("Observation/r1", "Observation/r2"))


def test_a_partial_date_may_be_the_newest() -> None:
    year, day = observed("x", 3, "2026"), observed("x", 4, "2026-02-01")
    assert one_fact(number(), year, day).state == "conflicting"
    assert one_fact(number(), observed("x", 3, "2025"), day).value == 4
    assert one_fact(number(which="earliest"), year, day).state == "conflicting"
    assert one_fact(number(on_day="as_of"), observed("x", 3, "2026-03")).state == "missing"
    assert one_fact(number(within="7d"), observed("x", 3, "2026-03")).value == 3


def test_something_newer_that_was_not_understood_stands_in_the_way() -> None:
    murky = observed("x", "odd", "2026-03-01")
    fact = one_fact(number(), observed("x", 3, "2026-02-01"), murky)
    assert (fact.state, fact.note) == (
        "unusable",
        "a newer entry is there that is not final, or could not be understood",
    )
    assert one_fact(number(), observed("x", 3, "2026-03-02"), murky).value == 3
    assert one_fact(number(), observed("x", 3, "2026-02-01"), murky, as_of="2026-02-15").value == 3


def test_something_unreadable_from_another_day_does_not_stand_in_the_way() -> None:
    murky = observed("x", "odd", "2026-02-01")
    assert one_fact(number(on_day="as_of"), murky).state == "missing"
    assert one_fact(number(within="7d"), murky).state == "missing"
    assert one_fact(number(within="60d"), murky).state == "unusable"
    assert one_fact(number(on_day="as_of"), observed("x", "odd", TODAY)).state == "unusable"


def test_an_extreme_of_a_range_is_not_known() -> None:
    open_ended = observed("x", quantity(9, comparator=">"), "2026-01-01")
    assert one_fact(number(which="highest"), *THREE, open_ended).state == "unusable"


def test_a_clinical_source_goes_before_the_patients_own_word() -> None:
    own = observed("x", True, TODAY, performer=[{"reference": "Patient/p"}])
    fact = one_fact(yes_no(), observed("x", False, "2026-01-01"), own)
    assert (fact.value, fact.assurance) == (False, "clinical")
    assert fact.rejected == (("Observation/r2", "the patient's own word; a clinical source says it too"),)
    assert one_fact(yes_no(), own).assurance == "patient"


def test_durations() -> None:
    assert duration("12h") == timedelta(hours=12)
    assert duration("2w") == timedelta(days=14)
    assert duration("3mo") == timedelta(days=93)
    assert duration("always") is None
    with pytest.raises(ValueError, match="7 days"):
        duration("7 days")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (Decimal("3.60"), "3.6"),
        (Decimal("1E+2"), "100"),
        (Range(Decimal(0), Decimal(2), high_open=True), "under 2"),
        (Range(None, Decimal(2)), "at most 2"),
        (Range(Decimal(6), None, low_open=True), "over 6"),
        (Range(Decimal(6), None), "at least 6"),
        (Range(Decimal(3), Decimal(4)), "3 to 4"),
        (read_moment("2026-03"), "2026-03"),
        ("CR", "CR"),
    ],
)
def test_values_in_plain_figures(value: Any, words: str) -> None:
    assert plain(value) == words
    assert code
