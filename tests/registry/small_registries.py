"""A registry on disk from facts worked out one person at a time: what a build would have written of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from registry_rows import WHEN, connection, tables

from sapwood.facts import Facts
from sapwood.pack import Pack
from sapwood.registry.layout import FACT_COLUMNS, Layout
from sapwood.registry.manifest import COMPLETE, Manifest
from sapwood.registry.opened import Registry
from sapwood.registry.wide import named_groups


def registry_on_disk(folder: Path, pack: Pack, people: Iterable[tuple[str, Facts]]) -> Layout:
    """The folder of a registry of these people; of the facts table only what is asked of it."""
    everybody, layout = list(people), Layout(folder)
    engine = connection()
    tables(engine, pack, everybody)
    for table in ("people", "specimens"):
        layout.table(table).mkdir(parents=True)
        engine.execute(f"COPY {table} TO '{layout.table(table) / 'part-00000.parquet'}'")
    engine.close()
    rows = []
    for person, facts in everybody:
        for name, definition in pack.facts.items():
            groups = named_groups(facts) if definition.per == "specimen" else [("", None)]
            for specimen, group in groups:
                fact = facts.fact(name, group)
                value = (
                    {True: "true", False: "false"}.get(fact.value) if definition.type == "boolean" else None
                )
                if fact.state != "missing" and fact.assurance != "assumed":
                    rows.append(
                        {
                            "person": person,
                            "as_of": WHEN,
                            "specimen": specimen,
                            "fact": name,
                            "state": fact.state,
                            "value": value,
                        }
                    )
    layout.table("facts").mkdir()
    schema = pa.schema([(name, pa.string()) for name, _ in FACT_COLUMNS])
    pq.write_table(pa.Table.from_pylist(rows, schema), layout.table("facts") / "part-00000.parquet")
    about = {"id": pack.about.id, "version": pack.about.version, "hash": pack.hash}
    manifest = Manifest(
        state=COMPLETE, pack=about, as_of=WHEN, looks_back=None, sources={}, counts={}, problems=[]
    )
    layout.manifest.write_bytes(msgspec.json.encode(manifest))
    return layout


def opened_here(layout: Layout, pack: Pack) -> Registry:
    """The registry, with a pack that lies nowhere."""
    manifest = msgspec.json.decode(layout.manifest.read_bytes(), type=Manifest)
    return Registry(layout.folder, manifest, pack, connection())
