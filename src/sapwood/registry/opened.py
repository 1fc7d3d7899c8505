"""A registry opened to be asked: its pack, its rows in DuckDB, and everybody's answers once they are wanted."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from sapwood.pack import Pack
from sapwood.values import Moment, read_moment

from .layout import Layout
from .manifest import Manifest, pack_of, read_manifest
from .parts import text
from .standings import answers_script


class Registry:
    """One registry, read only: nothing asked of it changes it."""

    def __init__(
        self, folder: Path, manifest: Manifest, pack: Pack, engine: duckdb.DuckDBPyConnection
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.pack = pack
        self.engine = engine
        layout = Layout(folder)
        for table in ("people", "specimens", "facts"):
            engine.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({text(layout.parts(table))})")  # nosec B608: names of the pack
        self.own_word = bool(self.rows("SELECT count(*) FROM people WHERE trusted")[0][0])
        self.people = int(self.rows("SELECT count(*) FROM people WHERE NOT trusted")[0][0])
        self._answered = False

    @property
    def as_of(self) -> Moment:
        """The moment the registry was built for."""
        moment = read_moment(self.manifest.as_of)
        assert moment is not None, "a build takes only moments that exist"
        return moment

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return self.engine.execute(query, list(values)).fetchall()

    def answer_everybody(self) -> None:
        """Makes the table `answers`: a row for each person, as `standings.answer_columns` names its columns."""
        if self._answered:
            return
        script = answers_script(self.pack, own_word=self.own_word)
        for name, select in script.tables:
            self.engine.execute(f"CREATE TEMP TABLE {name} AS {select}")
        self.engine.execute(f"CREATE TEMP VIEW answers AS {script.select}")
        self._answered = True

    def answered_elsewhere(self, parquet: Path) -> None:
        """Takes everybody's answers from a folder of Parquet, in the columns of `answers_script`."""
        place = text(parquet / "*.parquet")
        self.engine.execute(f"CREATE TEMP VIEW answers AS SELECT * FROM read_parquet({place})")  # nosec B608
        self._answered = True


@contextmanager
def opened(folder: Path | str, pack: str | None = None) -> Iterator[Registry]:
    """A registry that may be read, until the block ends; SapwoodError says why it may not."""
    manifest = read_manifest(folder)
    own = pack_of(manifest, pack)
    with tempfile.TemporaryDirectory(prefix="sapwood-") as spill:
        engine = duckdb.connect(
            config={
                "temp_directory": spill,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        try:
            yield Registry(Path(folder), manifest, own, engine)
        finally:
            engine.close()
