"""Makes the site's keys, turns them, and drops the old ones: `python -m sapwood_web.vault.make_keys FILE`.

    FILE                  a new file of keys; refused where there is one
    FILE --turn KIND      a new key of that kind (wrapping, addresses, sessions) before the old ones
    FILE --drop-old KIND  after `python -m sapwood_web reseal`: the old ones go

It needs no settings: there are none without keys.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sapwood_web.vault.keys import KINDS, new_keys, only_first, read_keys, turned, write_keys


def main(arguments: Sequence[str] | None = None) -> int:
    """One command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m sapwood_web.vault.make_keys")
    parser.add_argument("file", type=Path)
    parser.add_argument("--turn", choices=[*KINDS])
    parser.add_argument("--drop-old", choices=[*KINDS])
    chosen = parser.parse_args(arguments)
    if chosen.turn or chosen.drop_old:
        keys = read_keys(chosen.file)
        keys = turned(keys, chosen.turn) if chosen.turn else only_first(keys, chosen.drop_old)
    elif chosen.file.exists():
        print(f"{chosen.file}: there are keys already. Losing them loses every record.", file=sys.stderr)
        return 2
    else:
        chosen.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = new_keys()
    write_keys(keys, chosen.file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
