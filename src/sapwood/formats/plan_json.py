"""The plan as one JSON object: the contract described by `plan.schema.json`."""

from __future__ import annotations

import json

import msgspec

from sapwood.changes import Changes
from sapwood.contract import as_dict
from sapwood.plan import Plan


def write(plan: Plan, *, with_id: bool = False, changes: Changes | None = None) -> str:
    """The plan as JSON text; `changes` adds what changed since an earlier one."""
    text = json.dumps(as_dict(plan, with_id=with_id, changes=changes), ensure_ascii=False)
    return msgspec.json.format(text, indent=1) + "\n"  # `json` itself indents many times more slowly
