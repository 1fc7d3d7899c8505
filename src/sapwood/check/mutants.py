"""Single faults that a pack's author could make, each made by code in a copy of the pack's content."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sapwood.pack_files import PackFiles

from .boundaries import MOVED

Content = dict[str, Any]
"""The merged content of a pack by file name: `facts`, `criteria`, `pathway`, ..., and `regimens/ID.yaml`."""
NAMES = ("pack", "facts", "criteria", "pathway", "evidence", "knowledge", "trials")


@dataclass(frozen=True)
class Fault:
    """One thing made wrong: its kind, the entry it is in, and the change."""

    kind: str
    entry: str
    change: Callable[[Content], None]

    def made_in(self, content: Content) -> Content:
        """The content with this one thing wrong."""
        copy = deepcopy(content)
        self.change(copy)
        return copy


class Held(PackFiles):
    """A pack's files held in memory."""

    def __init__(self, name: str, content: Content) -> None:
        super().__init__(Path(name))
        self.content = content

    def there(self, name: str) -> list[str]:
        """The files of one content."""
        if name == "regimens":
            return sorted(key for key in self.content if key.startswith("regimens/"))
        return [f"{name}.yaml"] if name in self.content else []

    def read(self, file: str) -> Any:
        """The content of one file."""
        return self.content.get(file, self.content.get(file.removesuffix(".yaml")))

    def merged(self, name: str) -> Any:
        """The content of one name."""
        return self.content.get(name)


def content_of(folder: Path) -> Content:
    """A pack's whole content, read once."""
    files = PackFiles(folder)
    content: Content = {name: files.merged(name) for name in NAMES if files.there(name)}
    content |= {file: files.read(file) for file in files.there("regimens")}
    return content


def faults(content: Content, wanted: int) -> list[Fault]:
    """So many faults, of every kind, spread over the whole pack; always the same for the same pack."""
    made = {kind: list(make(content)) for kind, make in KINDS.items()}
    made = {kind: found for kind, found in made.items() if found}
    share = max(1, -(-wanted // len(made)))
    picked = [_spread(found, share) for found in made.values()]
    rows = [one for row in range(share) for found in picked for one in found[row : row + 1]]
    return rows[:wanted]


def _spread(found: list[Fault], wanted: int) -> list[Fault]:
    """So many of them, evenly over the list."""
    if len(found) <= wanted:
        return found
    return [found[(2 * number + 1) * len(found) // (2 * wanted)] for number in range(wanted)]


# --- in sentences ---------------------------------------------------------------------------------------

_FLIP = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "=": "<>", "<>": "="}
_OP = re.compile(r"(?<![<>])(>=|<=|<>|>|<|=)(?![=>])")
_LIMIT = re.compile(r"(?<![<>])(?P<op>>=|<=|<|>)(?![=>]) (?P<number>(?!0\b(?!\.))\d+(?:\.\d+)?)(?![\d.'])")
_NUMBER = re.compile(r"(?<=[<>=] )(?!0\b(?!\.))\d+(?:\.\d+)?(?![\d.']|\s*\*)")


def _sentences(
    change: Callable[[str], str | None],
) -> Callable[[Content], Iterator[tuple[str, Callable[[Content], None]]]]:
    """Every criterion in which a change of the sentence is possible."""

    def found(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
        for name, criterion in content["criteria"].items():
            text = change(criterion["is"])
            if text is not None and text != criterion["is"]:
                yield name, _set(("criteria", name, "is"), text)

    return found


def _limits(
    change: Callable[[str, str], tuple[str, str]],
) -> Callable[[Content], Iterator[tuple[str, Callable[[Content], None]]]]:
    """Every limit of every criterion, changed alone: from an operator and a number to others."""

    def found(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
        for name, criterion in content["criteria"].items():
            text = criterion["is"]
            for match in _LIMIT.finditer(text):
                op, number = change(match["op"], match["number"])
                moved = f"{text[: match.start()]}{op} {number}{text[match.end() :]}"
                yield f"{name} at {match[0]}", _set(("criteria", name, "is"), moved)

    return found


def _step(up: bool) -> Callable[[str, str], tuple[str, str]]:
    """The number of a limit, one step of its last digit up or down."""

    def stepped(op: str, number: str) -> tuple[str, str]:
        step = Decimal((0, (1,), int(Decimal(number).as_tuple().exponent)))
        return op, str(Decimal(number) + (step if up else -step))

    return stepped


def _set(path: tuple[str | int, ...], value: Any) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        place: Any = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return change


def _drop(path: tuple[str | int, ...]) -> Callable[[Content], None]:
    def change(content: Content) -> None:
        place: Any = content
        for key in path[:-1]:
            place = place[key]
        del place[path[-1]]

    return change


def _replaced(
    pattern: str | re.Pattern[str], by: str | Callable[[re.Match[str]], str]
) -> Callable[[str], str | None]:
    return lambda text: re.sub(pattern, by, text, count=1) if re.search(pattern, text) else None


def _kind(kind: str, make: Any) -> Callable[[Content], Iterator[Fault]]:
    return lambda content: (Fault(kind, entry, change) for entry, change in make(content))


# --- in entries -------------------------------------------------------------------------------------------


def _facts(key: str, value: Any, where: Callable[[Mapping[str, Any]], bool]) -> Any:
    """A key of every fact of some sort, set or dropped."""

    def found(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
        read = " ".join(_texts(content))
        for name, fact in content["facts"].items():
            if name != "always" and where(fact) and re.search(rf"\b{name}\b", read):
                path = ("facts", name, key)
                yield name, _drop(path) if value is None else _set(path, value)

    return found


def _texts(content: Content) -> Iterator[str]:
    """Every sentence of criteria and pathway."""
    yield from (criterion["is"] for criterion in content["criteria"].values())
    for part in ("steps", "tasks", "options", "alerts"):
        for entry in content["pathway"].get(part, []):
            yield from (
                str(entry[key])
                for key in ("opens", "closes", "applies", "done", "offered", "when")
                if key in entry
            )
            yield from (
                point.get("when", "") for key in ("requires", "rules_out") for point in entry.get(key, [])
            )


def _pathway(
    part: str, key: str, value: Any, where: Callable[[Mapping[str, Any]], bool] = lambda entry: True
) -> Any:
    """A key of every entry of one part of the pathway, set or dropped."""

    def found(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
        for number, entry in enumerate(content["pathway"].get(part, [])):
            if where(entry):
                path = ("pathway", part, number, key)
                new = value(entry) if callable(value) else value
                yield entry["id"], _drop(path) if new is None else _set(path, new)

    return found


def _entries(part: str) -> Any:
    """Every entry of one part of the pathway, dropped."""

    def found(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
        for number, entry in enumerate(content["pathway"].get(part, [])):
            yield entry["id"], _drop(("pathway", part, number))

    return found


def _points(sort: str) -> Any:
    """Every gate of one sort, dropped."""

    def found(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
        for number, option in enumerate(content["pathway"].get("options", [])):
            for place, point in enumerate(option.get(sort, [])):
                if point.get("when") == option.get("offered"):
                    continue  # whoever is not offered it never meets this gate: no plan would differ
                yield f"{option['id']} {sort} {place + 1}", _drop(("pathway", "options", number, sort, place))

    return found


def _uncited(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
    """A claim that nothing cites any more."""
    for name in content["evidence"]["claims"]:

        def change(copy: Content, name: str = name) -> None:
            _forget(copy, name)

        yield name, change


def _forget(value: Any, name: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("evidence", "rows", "efficacy") and isinstance(inner, list):
                value[key] = [one for one in inner if one != name]
            _forget(inner, name)
    elif isinstance(value, list):
        for inner in value:
            _forget(inner, name)


def _open_without_gates(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
    """Two options of one step made to exclude each other."""
    options = content["pathway"].get("options", [])
    for number, option in enumerate(options):
        for other in options[number + 1 :]:
            if set(option.get("steps", [])) & set(other.get("steps", [])):
                listed = [*option.get("exclusive", []), other["id"]]
                if len(listed) != len(set(listed)):
                    continue
                yield (
                    f"{option['id']} and {other['id']}",
                    _set(("pathway", "options", number, "exclusive"), listed),
                )


def _contradiction(content: Content) -> Iterator[tuple[str, Callable[[Content], None]]]:
    """An invariant that contradicts another."""
    for number, entry in enumerate(content["facts"].get("always", [])):
        listed = [*content["facts"]["always"], {"is": f"NOT ({entry['is']})", "means": "A slip."}]
        yield f"always {number + 1}", _set(("facts", "always"), listed)


def _number_of_fact(fact: Mapping[str, Any]) -> bool:
    return fact.get("unit") == "g/dL" or fact.get("unit") == "mg/dL"


def _times_ten(match: re.Match[str]) -> str:
    whole, _, part = match[0].partition(".")
    return f"{whole}{part[:1] or '0'}" + (f".{part[1:]}" if part[1:] else "")


def _last_step(content: Content) -> str:
    return str(content["pathway"]["steps"][-1]["id"])


KINDS: dict[str, Callable[[Content], Iterator[Fault]]] = {
    kind: _kind(kind, make)
    for kind, make in {
        "a flipped comparison": _sentences(_replaced(_OP, lambda match: _FLIP[match[0]])),
        "a limit moved by a hair": _limits(lambda op, number: (MOVED[op], number)),
        "a limit one step too high": _limits(_step(up=True)),
        "a limit one step too low": _limits(_step(up=False)),
        "an AND turned OR": _sentences(_replaced(r"\bAND\b", "OR")),
        "an OR turned AND": _sentences(_replaced(r"\bOR\b", "AND")),
        "a dropped NOT": _sentences(_replaced(r"\bNOT (?!IN\b)", "")),
        "a number ten times too large": _sentences(_replaced(_NUMBER, _times_ten)),
        "a number outside its range": _sentences(_replaced(_NUMBER, "99999999")),
        "a misspelt name": _sentences(_replaced(r"\b([a-z]+_[a-z]+)\b", r"\1x")),
        "a dropped question": _facts("ask", None, lambda fact: "ask" in fact and "closed_world" not in fact),
        "a swapped unit": _facts("unit", "g/L", _number_of_fact),
        "a wrong range": _facts("plausible", [0, 1], lambda fact: "plausible" in fact),
        "silence read as no": _facts(
            "closed_world",
            {"covered_by": "record_read"},
            lambda fact: (
                fact.get("type") == "boolean" and "closed_world" not in fact and fact.get("per") == "specimen"
            ),
        ),
        "an unknown key": _facts("plausable", [0, 1], lambda fact: "plausible" in fact),
        "a step that never closes": _pathway(
            "steps", "closes", "FALSE", lambda step: step.get("closes", "FALSE") != "FALSE"
        ),
        "a step that never opens": _pathway("steps", "opens", "FALSE"),
        "a step that closes as it opens": _pathway("steps", "closes", lambda step: step["opens"]),
        "a dropped option": _entries("options"),
        "a dropped alert": _entries("alerts"),
        "a dropped task": _entries("tasks"),
        "a dropped gate": _points("requires"),
        "a dropped exclusion": _points("rules_out"),
        "options made exclusive": _open_without_gates,
        "an option shown to nobody": _pathway("options", "offered", "FALSE"),
        "an alert that never applies": _pathway("alerts", "applies", "FALSE"),
        "an alert that is always raised": _pathway("alerts", "when", "TRUE"),
        "a silent hold": _pathway(
            "alerts",
            "speak_when_unknown",
            False,
            lambda alert: alert["severity"] == "hold" and "speak_when_unknown" not in alert,
        ),
        "a task that is done from the start": _pathway("tasks", "done", "TRUE"),
        "a claim that nothing cites": _uncited,
        "evidence that is not there": _pathway("alerts", "evidence", ["no_such_claim"]),
        "an invariant that contradicts another": _contradiction,
    }.items()
}
