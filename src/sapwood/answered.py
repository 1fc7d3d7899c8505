"""What people answered about a fact, as candidates beside those of the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sapwood.answers import UNCLEAR, Answer
from sapwood.fact import Group
from sapwood.found import Candidate, Found, Rejected
from sapwood.values import Moment


def answered(
    answers: Iterable[Answer],
    group: Group | None,
    groups: Callable[[], Sequence[Group]],
    *,
    as_of: Moment,
    per_specimen: bool,
) -> Found:
    """The answers to one fact, or to one specimen's; one without a time is of the moment of the plan."""
    found = Found([], [])
    for answer in answers:
        if per_specimen:
            labels = {one.key: one.label for one in groups()} if answer.specimen else {}
            key = named(answer.specimen, labels) if answer.specimen else ""
            if group is None or key != group.key:
                continue
        if answer.value is UNCLEAR:
            found.rejected.append(Rejected(None, "said to be unclear", True, answer.when))
            continue
        clinical = answer.by != "patient"
        found.candidates.append(
            Candidate(
                answer.value,
                answer.when or as_of,
                answer.said,
                None,
                "clinical" if clinical else "patient",
                clinical,
                answer.source,
                (answer.low, answer.high),
                placed=answer.when is None,
            )
        )
    return found


def named(specimen: str, labels: Mapping[str, str]) -> str:
    """The key of the one specimen with that label, or nothing: two of one name are not told apart."""
    keys = [key for key, label in labels.items() if label.casefold() == specimen.casefold()]
    return keys[0] if len(keys) == 1 else ""
