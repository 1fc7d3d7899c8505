"""The seven rules through the real engine, from bytes to answers: `seven_rules.py FOLDER [--explain]`.

FOLDER holds bundles.ndjson, a Bundle a line. `--explain` also works out every verdict's reasons, which otherwise
wait until somebody asks.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from common import AS_OF, BUFFER, LETTERS, report

from sapwood.facts import extract
from sapwood.pack import load_pack
from sapwood.record import parse_record
from sapwood.values import read_moment
from sapwood.verdicts import Verdicts

NOBODY = (
    b'{"resourceType": "Bundle", "type": "collection", "entry": [{"resource": '
    b'{"resourceType": "Patient", "id": "nobody"}}]}'
)
PACK = Path(__file__).parent / "packs" / "seven_rules"


def main() -> None:
    """One run over a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--explain", action="store_true", help="work out the reasons too")
    chosen = parser.parse_args()
    pack = load_pack(PACK)
    as_of = read_moment(AS_OF)
    assert as_of is not None
    criteria = list(pack.criteria)
    nobody = extract(parse_record(NOBODY), pack, as_of=as_of)
    assert nobody.values["eligible"] is None  # makes the pack ready before the clock starts
    rows: dict[str, str] = {}
    reasons = 0
    start = time.perf_counter()
    with (chosen.folder / "bundles.ndjson").open("rb", buffering=BUFFER) as people:
        for line in people:
            record = parse_record(line)
            facts = extract(record, pack, as_of=as_of)
            values = facts.values
            rows[record.patient_id] = "".join([LETTERS[values[name]] for name in criteria])
            if chosen.explain:
                verdicts = Verdicts(facts)
                reasons += sum(len(verdicts[name].because) for name in criteria)
    seconds = time.perf_counter() - start
    explained = {"reasons": reasons} if chosen.explain else {}
    report("sapwood, with reasons" if chosen.explain else "sapwood", seconds, rows, **explained)


if __name__ == "__main__":
    main()
