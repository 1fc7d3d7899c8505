"""Two editions of a pack, entry by entry: what was added, removed or changed, and in which part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sapwood.pack import Pack

_WORDS = frozenset(
    (
        "title means false_means text message unknown_message about why patient note reversible hint ask due who "
        "schedule monitoring source_note unknown change bring citation setting premedication "
        "before_each_dose not_loaded seams hold_table cls_table why_they_differ notice patient_notice no_signal "
        "no_signal_patient adult_only_text adult_only_patient ended_patient closed_patient trials_patient "
        "call_patient approved authors language"
    ).split()
)
SORTS = {
    "pack": "The pack",
    "fact": "Facts",
    "criterion": "Criteria",
    "step": "Steps",
    "track": "Tracks",
    "task": "Tasks",
    "option": "Options",
    "alert": "Alerts",
    "follow_up": "Follow-up",
    "trial": "Trials",
    "regimen": "Regimens",
    "always": "Always",
    "topic": "What is known",
    "claim": "Evidence",
    "source": "Sources",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an entry that changed: `sort` is logic, words or evidence."""

    path: str
    before: str
    after: str
    sort: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An entry that one edition has and the other has not, or has otherwise."""

    sort: str
    id: str
    kind: str
    title: str
    parts: tuple[Part, ...] = ()

    @property
    def logic(self) -> bool:
        """Whether it can change what a person is told, and not only how it is worded."""
        return self.kind != "changed" or any(part.sort == "logic" for part in self.parts)


def differences(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """Every entry that differs, in the order of a pack."""
    were, are = _entries(old), _entries(new)
    found = []
    for key in {**were, **are}:
        before, after = were.get(key), are.get(key)
        if before == after:
            continue
        title = _title(after or before or {})
        if before is None or after is None:
            found.append(Difference(*key, "added" if before is None else "removed", title))
        else:
            found.append(Difference(*key, "changed", title, tuple(_parts(before, after, "", "logic"))))
    order = list(SORTS)
    return tuple(sorted(found, key=lambda one: order.index(one.sort)))


def _entries(pack: Pack) -> dict[tuple[str, str], dict[str, Any]]:
    pathway = pack.pathway
    lists: dict[str, Mapping[str, Any]] = {
        "pack": {pack.about.id: pack.about},
        "fact": pack.facts,
        "criterion": pack.criteria,
        "step": {one.id: one for one in pathway.steps},
        "track": {one.id: one for one in pathway.tracks},
        "task": {one.id: one for one in pathway.tasks},
        "option": {one.id: one for one in pathway.options},
        "alert": {one.id: one for one in pathway.alerts},
        "follow_up": {one.id: one for one in pathway.follow_up},
        "trial": {one.nct: one for one in pack.trials},
        "regimen": pack.regimens,
        "topic": {one.id: one for one in pack.topics},
        "claim": pack.claims,
        "source": pack.sources,
    }
    found = {
        (sort, str(name)): _plain(entry) for sort, entries in lists.items() for name, entry in entries.items()
    }
    for name in pack.invariants:
        text = pack.sentences[name].text
        found["always", text] = {"is": text}
    return found


def _plain(content: Any) -> Any:
    """A definition as plain data, without what it leaves at its default."""
    if isinstance(content, msgspec.Struct):
        names = [field.name for field in msgspec.structs.fields(content)]
        renamed = {field.name: field.encode_name for field in msgspec.structs.fields(content)}
        bare = {name: _plain(getattr(content, name)) for name in names}
        return {renamed[name]: value for name, value in bare.items() if value not in ("", [], {}, None)}
    if isinstance(content, dict):
        return {
            str(key).lower() if isinstance(key, bool) else str(key): _plain(value)
            for key, value in content.items()
        }
    return [_plain(one) for one in content] if isinstance(content, list) else content


def _title(entry: Mapping[str, Any]) -> str:
    return str(entry.get("title") or entry.get("means") or entry.get("text") or entry.get("citation") or "")


def _parts(before: Any, after: Any, path: str, sort: str) -> Iterator[Part]:
    """The parts in which two entries differ, as deep as they have parts."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            inner = "words" if key in _WORDS else "evidence" if key == "evidence" else sort
            name = f"{path}.{key}" if path else str(key)
            yield from _parts(before.get(key), after.get(key), name, inner)
        return
    plain = all(
        not isinstance(one, dict) for side in (before, after) if isinstance(side, list) for one in side
    )
    if isinstance(before, list) and isinstance(after, list) and not plain:
        for number in range(max(len(before), len(after))):
            one = before[number] if number < len(before) else None
            other = after[number] if number < len(after) else None
            yield from _parts(one, other, f"{path}[{number + 1}]", sort)
        return
    yield Part(path, _shown(before), _shown(after), sort)


def _shown(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, dict):
        return "; ".join(f"{key}: {_shown(value)}" for key, value in content.items())
    if isinstance(content, list):
        return ", ".join(_shown(one) for one in content)
    if isinstance(content, bool):
        return "true" if content else "false"
    return " ".join(str(content).split())
