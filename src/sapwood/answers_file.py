"""The file in which an interview keeps its answers: a sheet as `--answers` takes it, and what was left open.

The content is plain YAML data; what somebody else wrote in it stays, but for comments.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sapwood.answers import TOP_KEYS
from sapwood.errors import AnswerError, PackError, Problem
from sapwood.pack import Pack
from sapwood.whole_files import write_whole

Content = Mapping[str, Any]
OPEN = {
    "skipped": "left out",
    "not_known": "not known",
    "no_date": "said, but without a day, so it cannot count",
    "will_bring": "a copy of the report will be brought",
}
_HEAD = "# Answers kept by `sapwood ask`. They are about one person: keep this file private.\n"


@dataclass(frozen=True, slots=True)
class Said:
    """What was said to one question: a value, or why there is none (`why` is a key of OPEN)."""

    fact: str
    specimen: str
    by: str
    on: str
    value: Any = None
    when: str = ""
    high: str = ""
    why: str = ""


def read_content(path: Path) -> Content:
    """What a file of answers holds so far; nothing where there is none yet.

    Raises AnswerError where it cannot be read, or is a worked patient of a pack.
    """
    from sapwood.yaml_files import read_yaml

    if not path.exists():
        return {}
    try:
        content = read_yaml(path, str(path))
    except PackError as error:
        raise AnswerError(*error.problems) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise AnswerError(Problem(str(path), "holds no answers", "Name another file with --answers."))
    if "expect" in content:
        what = "is a worked patient of a pack, and an interview would write into it"
        raise AnswerError(Problem(str(path), what, "Name another file with --answers."))
    if not any(key in content for key in ("given", "specimens", "lines")):
        given = {key: value for key, value in content.items() if key not in TOP_KEYS}
        content = {**{key: content[key] for key in content if key in TOP_KEYS}, "given": given}
    return content


def with_said(content: Content, said: Said) -> Content:
    """The content with one more thing said; what was there is left as it is."""
    grown = dict(content)
    if said.why:
        entry = {"fact": said.fact, "specimen": said.specimen, "why": said.why, "value": said.value}
        entry = {key: value for key, value in entry.items() if value not in ("", None)}
        kept = [one for one in content.get("not_answered") or () if not _same(one, said)]
        grown["not_answered"] = [*kept, {**entry, "by": said.by, "said": said.on}]
        return grown
    answer = {"value": said.value, "high": said.high, "when": said.when, "by": said.by, "said": said.on}
    answer = {key: value for key, value in answer.items() if value != ""}
    left = [one for one in content.get("not_answered") or () if not _same(one, said)]
    if left:
        grown["not_answered"] = left
    else:
        grown.pop("not_answered", None)
    if not said.specimen:
        grown["given"] = _added(content.get("given") or {}, said.fact, answer)
        return grown
    specimens = list(content.get("specimens") or ())
    for number, specimen in enumerate(specimens):
        if _name(specimen, number).casefold() == said.specimen.casefold():
            specimens[number] = _added(specimen, said.fact, answer)
            break
    else:
        specimens.append({"name": said.specimen, said.fact: answer})
    grown["specimens"] = specimens
    return grown


def _added(given: Mapping[str, Any], fact: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    earlier = given.get(fact)
    if earlier is None:
        return {**given, fact: answer}
    return {**given, fact: [*(earlier if isinstance(earlier, list) else [earlier]), answer]}


def _same(entry: Mapping[str, Any], said: Said) -> bool:
    return (entry["fact"], entry.get("specimen", "")) == (said.fact, said.specimen)


def _name(specimen: Mapping[str, Any], number: int) -> str:
    return str(specimen.get("name") or specimen.get("tissue") or f"specimen {number + 1}")


def left_open(content: Content, pack: Pack, where: str) -> tuple[Said, ...]:
    """What was skipped or not known so far; AnswerError where the list cannot be read."""
    problems: list[Problem] = []
    found = []
    entries = content.get("not_answered") or []
    for entry in entries if isinstance(entries, list) else [None]:
        keys = {"fact", "specimen", "why", "value", "by", "said"}
        if not isinstance(entry, dict) or set(entry) - keys or entry.get("why") not in OPEN:
            what = f"an entry of `not_answered` has `fact`, and `why` out of {', '.join(OPEN)}"
            problems.append(Problem(where, what, "Mend the entry or take it out."))
        elif entry.get("fact") in pack.facts:
            said = Said(
                str(entry["fact"]),
                str(entry.get("specimen", "")),
                str(entry.get("by", "clinician")),
                str(entry.get("said", "")),
                entry.get("value"),
                why=str(entry["why"]),
            )
            found.append(said)
    if problems:
        raise AnswerError(*problems)
    return tuple(found)


def answered(content: Content) -> Iterator[Said]:
    """The answers of earlier interviews, with who gave them and on which day."""
    specimens = [({"name": ""}, content.get("given") or {})]
    specimens += [(one, one) for one in content.get("specimens") or ()]
    for number, (named, given) in enumerate(specimens, start=-1):
        specimen = "" if number < 0 else _name(named, number)
        for fact, answers in given.items():
            for answer in answers if isinstance(answers, list) else [answers]:
                if isinstance(answer, dict) and "said" in answer:
                    by = str(answer.get("by", "clinician"))
                    yield Said(str(fact), specimen, by, str(answer["said"]), answer.get("value"))


def keep(path: Path, content: Content) -> None:
    """Writes the file whole or not at all, readable by its owner only.

    Raises AnswerError where that cannot be done.
    """
    from sapwood.yaml_files import write_yaml

    try:
        write_whole(path, (_HEAD + write_yaml(content)).encode())
    except OSError as error:
        what = f"the answers cannot be kept there ({error.strerror or type(error).__name__})"
        raise AnswerError(Problem(str(path), what, "Name a file you can write with --answers.")) from None


def check_can_keep(path: Path) -> None:
    """Raises AnswerError where the answers could not be kept, before anything is asked."""
    folder = Path(os.path.realpath(path)).parent
    if path.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        what = "the answers cannot be kept there"
        raise AnswerError(Problem(str(path), what, "Name a file you can write with --answers."))
