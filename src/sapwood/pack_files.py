"""The files of a pack's folder: `facts.yaml` and everything in `facts/` are one content, and so for the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sapwood.errors import PackError, Problem
from sapwood.yaml_files import read_yaml


class PackFiles:
    """One folder's content by name; remembers which file each entry came from, and every problem met."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self._homes: dict[tuple[str, str], str] = {}
        self._merged: dict[str, Any] = {}

    def where(self, file: str, entry: str = "") -> str:
        """How errors name an entry: the file it really stands in, and its id."""
        _, colon, rest = entry.partition(":")
        owner = rest.partition(":")[0] if colon else entry
        file = self._homes.get((file.removesuffix(".yaml"), owner), file)
        return f"{self.folder.name}/{file}" + (f", `{entry}`" if entry else "")

    def read(self, file: str) -> Any:
        """The content of one file, or `None` with its problems kept."""
        try:
            return read_yaml(self.folder / file, f"{self.folder.name}/{file}")
        except PackError as error:
            self.problems.extend(error.problems)
            return None

    def there(self, name: str) -> list[str]:
        """The files of one content: `NAME.yaml`, then those of the folder `NAME` in the order of their names."""
        alone = [f"{name}.yaml"] if (self.folder / f"{name}.yaml").is_file() else []
        inside = sorted((self.folder / name).glob("*.yaml"))
        return [*alone, *(f"{name}/{path.name}" for path in inside)]

    def merged(self, name: str) -> Any:
        """The content of `NAME.yaml` and of the folder `NAME` together; an id given twice is a problem."""
        if name not in self._merged:
            self._merged[name] = self._merge(name)
        return self._merged[name]

    def _merge(self, name: str) -> Any:
        files = self.there(name)
        if not files:
            return self.read(f"{name}.yaml")
        whole: dict[Any, Any] = {}
        for file in files:
            content = self.read(file)
            if content is None and (len(files) > 1 or self.problems):
                continue
            if not isinstance(content, dict):
                if len(files) == 1:
                    return content
                self.problems.append(
                    Problem(
                        f"{self.folder.name}/{file}", "holds no entries", "Write one `key:` for each entry."
                    )
                )
                continue
            for key, value in content.items():
                self._add(whole, key, value, name, file)
        return whole

    def _add(self, whole: dict[Any, Any], key: Any, value: Any, name: str, file: str) -> None:
        sections = name == "evidence" and isinstance(value, dict)
        if isinstance(value, list) and isinstance(whole.get(key, []), list):
            whole[key] = [*whole.get(key, []), *value]
            for entry in _ids(value):
                self._homes.setdefault((name, entry), file)
        elif sections and isinstance(whole.get(key, {}), dict):
            section = whole.setdefault(key, {})
            for entry, content in value.items():
                self._enter(section, entry, content, name, file)
        else:
            self._enter(whole, key, value, name, file)

    def _enter(self, content: dict[Any, Any], key: Any, value: Any, name: str, file: str) -> None:
        if key in content:
            first = self._homes.get((name, str(key)), f"{name}.yaml")
            self.problems.append(
                Problem(
                    f"{self.folder.name}/{file}, `{key}`",
                    f"{self.folder.name}/{first} has this id too",
                    "Give each its own, or keep one of them.",
                )
            )
            return
        content[key] = value
        self._homes[name, str(key)] = file


def _ids(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict) and ("id" in entry or "nct" in entry):
            yield str(entry.get("id", entry.get("nct")))
