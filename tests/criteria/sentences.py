"""What a sentence comes to, for a test to ask in one line."""

from __future__ import annotations

from random_sentences import NAMES

from sapwood.criteria.evaluate import compile_tree
from sapwood.criteria.language import parse
from sapwood.values import Value


class Known(dict[str, Value]):
    """Values of a few names; every other name is unknown."""

    def __missing__(self, key: str) -> Value:
        return None


def come_to(sentence: str, kind: str | None = "boolean", /, **known: Value) -> Value:
    """The value of a sentence; `x__high` stands for `x.high`."""
    keyed = {key.replace("__", "."): value for key, value in known.items()}
    return compile_tree(parse(sentence, NAMES, where="test", kind=kind))(Known(keyed))
