"""Each rate is the number of a claim or says what is assumed; nothing uncertain drives one."""

from __future__ import annotations

import pytest

from sapwood.pack import load_pack
from sapwood.synth.content import load_content
from sapwood.synth.dice import Dice, Tally
from sapwood.synth.rates import load_rates


def test_every_rate_names_a_claim_or_a_reason() -> None:
    claims = load_pack("bpdcn").claims
    for rate in load_rates().values():
        kind, _, rest = rate.source.partition(" ")
        assert kind in ("claim", "assumed:"), rate.name
        assert rest, f"{rate.name} gives no reason"
        if kind == "claim":
            assert set(rest.split(", ")) <= claims.keys(), rate.name
            assert all(claims[one].mark in ("V", "K", "ours") for one in rest.split(", "))


def test_a_claim_with_counts_gives_the_exact_share() -> None:
    rates = load_rates()
    assert rates["male"].share == pytest.approx(62 / 80)
    assert rates["remission_tagraxofusp"].share == pytest.approx(37 / 65)
    assert rates["cd303"].share == pytest.approx(1 - 0.56), "the complement of what the claim counts"
    assert rates["age"].value == 68.5


def test_capillary_leak_is_cut_into_grades_that_add_up_to_the_label() -> None:
    leak = dict(load_rates()["cls"].choices)
    assert leak["severe"] == pytest.approx(9 / 122)
    assert leak["fatal"] == pytest.approx(4 / 122)
    assert leak["mild"] + leak["severe"] + leak["fatal"] == pytest.approx(65 / 122)
    assert sum(leak.values()) == pytest.approx(1)


def test_a_share_of_all_is_drawn_higher_among_those_it_can_befall() -> None:
    marrow = load_rates()["site_marrow"]
    systemic = sum(share for choice, share in load_rates()["extent"].choices if choice != "skin_only")
    assert marrow.overall == pytest.approx(32 / 66)
    assert marrow.share == pytest.approx(32 / 66 / systemic)


def test_choices_add_up_to_one() -> None:
    for rate in load_rates().values():
        if rate.choices:
            assert sum(share for _, share in rate.choices) == pytest.approx(1), rate.name


def test_every_name_that_a_rate_chooses_or_sees_is_in_the_content() -> None:
    content, rates = load_content(), load_rates()
    for rate in rates.values():
        for kind in ("finding", "condition", "procedure"):
            if rate.seen and kind in rate.seen:
                assert f"{kind}.{rate.seen[kind]}" in content.terms, rate.name
    for name in (
        "skin_kind",
        "skin_kind_child",
        "ordinary_kind",
        "myeloid_kind",
        "lymphoid_kind",
        "looked_like",
    ):
        for choice, _ in rates[name].choices:
            assert f"condition.{choice}" in content.terms, choice
    for name in ("first_line", "later_line"):
        assert {choice for choice, _ in rates[name].choices} - {"none"} <= content.regimens.keys()


def test_a_log_normal_time_has_the_median_and_mean_it_was_given() -> None:
    dice = Dice("1", "anybody", Tally())
    drawn = sorted(dice.lasting_long("lag_median", "lag_mean") for _ in range(20000))
    assert drawn[10000] / 30.44 == pytest.approx(3.0, rel=0.05)
    assert sum(drawn) / 20000 / 30.44 == pytest.approx(6.2, rel=0.08)
