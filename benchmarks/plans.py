"""Whole BPDCN plans per second over the published cases, as text and as JSON, and in which module the time goes."""

from __future__ import annotations

import argparse
import collections
import cProfile
import pstats
import statistics
import time
from pathlib import Path

from sapwood.facts import extract
from sapwood.formats import write
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import make_plan
from sapwood.record import parse_record
from sapwood.verdicts import evaluate_all

ROOT = Path(__file__).resolve().parents[1]
AS_OF = "2026-03-02"


def plan(data: bytes, pack: Pack, form: str) -> str:
    """One record's plan, from bytes to text."""
    facts = extract(parse_record(data), pack, as_of=AS_OF)
    verdicts = evaluate_all(pack.criteria, facts)
    return write(make_plan(locate(pack.pathway, verdicts), facts), form)


def module_of(file: str) -> str:
    """The module a function of the profile belongs to."""
    path = Path(file)
    if "sapwood" in path.parts:
        return ".".join(path.parts[path.parts.index("sapwood") :]).removesuffix(".py")
    return "built in" if file == "~" else path.stem


def main() -> None:
    """Medians of several rounds, and one round under the profiler."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--functions", type=int, default=0, help="also name that many functions")
    chosen = parser.parse_args()
    pack = load_pack("bpdcn")
    records = [path.read_bytes() for path in sorted((ROOT / "examples" / "cases").glob("*.bundle.json"))]
    for form in ("text", "json"):
        for data in records:
            plan(data, pack, form)
        speeds = []
        for _ in range(chosen.rounds):
            start = time.perf_counter()
            for data in records:
                plan(data, pack, form)
            speeds.append(len(records) / (time.perf_counter() - start))
        spread = f"{min(speeds):.1f} to {max(speeds):.1f}"
        print(f"{form}: {statistics.median(speeds):.1f} plans/s ({spread}) over {len(records)} records")
    profiler = cProfile.Profile()
    profiler.enable()
    for data in records:
        plan(data, pack, "text")
    profiler.disable()
    stats = pstats.Stats(profiler)
    spent: dict[str, float] = collections.defaultdict(float)
    for (file, _, _), (_, _, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        spent[module_of(file)] += own
    total = sum(spent.values())
    print("own time by module, text plans under the profiler:")
    for module, seconds in sorted(spent.items(), key=lambda item: -item[1])[:14]:
        print(f"  {seconds / total:6.1%}  {module}")
    if chosen.functions:
        stats.sort_stats("tottime").print_stats(chosen.functions)


if __name__ == "__main__":
    main()
