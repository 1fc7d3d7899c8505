"""Has an edition proved by `sapwood check`, in a process of its own with an end and a limit of memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess  # nosec B404: this same Python, without a shell
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from sapwood_web.editions.models import State

CHECK = "import sys; from sapwood.cli import main; sys.exit(main())"
MEMORY = 4 * 1024**3
MOST_FINDINGS = 40


@dataclass(frozen=True, slots=True)
class Proof:
    """How a check ended, and what is kept of it."""

    state: Any
    report: dict[str, Any]


def start(command: str, edition: uuid.UUID) -> None:
    """Starts a command of the site beside it; it outlives the request, and writes its end into the database."""
    subprocess.Popen(  # nosec B603
        [sys.executable, "-m", "sapwood_web", command, str(edition)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "sapwood_web.settings"},
    )


def prove(folder: Path) -> Proof:
    """Runs the check on a folder; BROKEN, with the reason, where it did not come to an end."""
    try:
        done = subprocess.run(  # nosec B603
            [sys.executable, "-c", CHECK, "check", str(folder), "--format", "json"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=settings.CHECK_SECONDS,
            preexec_fn=_limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Proof(State.BROKEN, {"why": f"It took longer than {settings.CHECK_SECONDS // 60} minutes."})
    if done.returncode not in (0, 3):
        return Proof(
            State.BROKEN, {"why": (done.stderr.strip().splitlines() or ["It ended by itself."])[-1][:400]}
        )
    said = json.loads(done.stdout)
    return Proof(State.SOUND if done.returncode == 0 else State.FAULTY, _kept(said))


def _kept(said: dict[str, Any]) -> dict[str, Any]:
    findings = [f"{one['where']}: {one['what']}. {one['remedy']}" for one in said["findings"]]
    return {
        "promises": [
            {name: one[name] for name in ("title", "proved", "found", "not_proved")}
            for one in said["promises"]
        ],
        "findings": findings[:MOST_FINDINGS],
        "more": max(0, len(findings) - MOST_FINDINGS),
        "answered": len(said["answered"]),
    }


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
