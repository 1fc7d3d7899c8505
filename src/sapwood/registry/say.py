"""What a build, or an export, says at its end: what went in, what came out, and everything that did not."""

from __future__ import annotations

from pathlib import Path

from .build import Built
from .export import Exported
from .layout import Layout


def built_words(built: Built, folder: str) -> str:
    """The end of a build in plain lines."""
    manifest = built.manifest
    counts = manifest.counts
    lines = [
        f"{counts['people']:,} people as of {manifest.as_of}, pack {manifest.pack['id']} {manifest.pack['version']}; "
        f"{counts['rows']['facts']:,} sourced facts.",
        f"Read: {manifest.sources['files']:,} files, {manifest.sources['bytes'] / 1e6:,.1f} MB.",
    ]
    if built.known:
        lines.append(f"{_files(built.known)} already there (the same content) and not read again.")
    if not built.changed:
        lines.append("Nothing is new.")
    if built.other_files:
        lines.append(f"{_files(built.other_files)} of another kind (neither .ndjson nor .json): not read.")
    if counts["set_aside"]:
        lines.append(f"Set aside, because their record cannot be used: {counts['set_aside']:,} people.")
    if built.quarantined:
        where = Layout(Path(folder)).quarantine
        lines.append(f"Not readable: {built.quarantined:,} entries; where and why is in {where}.")
    if counts["of_nobody"]:
        kinds = ", ".join(f"{times:,} {kind}" for kind, times in counts["of_nobody"].items())
        lines.append(f"About no patient, and left out: {kinds}.")
    for key, words in _UNPLACED.items():
        if counts[key]:
            lines.append(f"{words}: {counts[key]:,} entries.")
    if manifest.problems:
        lines.append("Met most often in the records:")
        lines += [f"  {one['people']:,} people: {one['what']}" for one in manifest.problems[:5]]
        if len(manifest.problems) > 5:
            lines.append(f"  and {len(manifest.problems) - 5} kinds more, all in manifest.json")
    return "\n".join(lines) + "\n"


def exported_words(done: Exported, out: str, key: str) -> str:
    """The end of an export in plain lines, for whoever runs it."""
    lines = [
        f"{done.people:,} people who allow research are in {out}, under pseudonyms.",
        f"Left out: {done.denied:,} who do not allow it, {done.unknown:,} of whom it is not known; "
        "unknown is not consent.",
        "Pseudonymous is not anonymous: README.txt there says what to keep in mind.",
    ]
    if done.key_made:
        lines.append(f"A new key was made: {key}. Keep it apart; with it the pseudonyms can be traced back.")
    return "\n".join(lines) + "\n"


def _files(count: int) -> str:
    return "1 file is" if count == 1 else f"{count:,} files are"


_UNPLACED = {
    "name_unknown": "Name a patient who is not in the sources, and left out",
    "name_ambiguous": "Name a patient by an identifier that several have, and left out",
    "shared_contradicting": "Medications or Specimens of one id with different content, given to nobody",
}
