"""Knowing more settles sentences; it never overturns them."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from random_sentences import KEYS, boolean, narrowed, values

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import write


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
