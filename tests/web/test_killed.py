"""The server is killed at random moments while somebody types and uploads: what it said it kept is kept, and whole."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from people import FILE

from sapwood_web.vault.keys import new_keys, write_keys

HERE = Path(__file__).parent
ROUNDS = 4
TOKEN = "a" * 32


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A site of its own: on SQLite, or on a fresh database of the server that runs these tests."""
    write_keys(new_keys(), tmp_path / "keys.json")
    (tmp_path / "static").mkdir()
    url, name = f"sqlite:///{tmp_path}/site.sqlite3", f"killed_{os.getpid()}"
    server = os.environ["DATABASE_URL"]
    if server.startswith("postgres"):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        url = f"{server.rpartition('/')[0]}/{name}"
    yield {
        **os.environ,
        "SAPWOOD_STATE": str(tmp_path),
        "SAPWOOD_KEYS": str(tmp_path / "keys.json"),
        "SAPWOOD_HTTP": "1",
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "sapwood_web.settings",
        "PYTHONPATH": os.pathsep.join([str(HERE.parents[1] / "src"), str(HERE)]),
    }
    if server.startswith("postgres"):
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def run(command: str, environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / "site_for_killing.py"), command],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def served(environment: dict[str, str], port: int) -> Iterator[None]:
    command = [
        "-m",
        "gunicorn",
        "sapwood_web.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--threads",
        "4",
        "--preload",
    ]
    server = subprocess.Popen(
        [sys.executable, *command], env=environment, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", port), 0.2).close()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


class Typist(threading.Thread):
    """Types, or uploads, as fast as the site takes it; keeps what the site said it kept."""

    def __init__(self, port: int, made: dict[str, Any], first: int, *, uploads: bool) -> None:
        super().__init__(daemon=True)
        self.port, self.made, self.number, self.uploads = port, made, first, uploads
        self.kept: list[str] = []
        self.refused: list[int] = []

    def run(self) -> None:
        while True:
            self.number += 1
            try:
                if self._send():
                    self.kept.append(self._what())
            except (OSError, http.client.HTTPException):
                return

    def _what(self) -> str:
        return f"file-{self.number}" if self.uploads else f"{2 + self.number / 1000:.3f} g/dL"

    def _send(self) -> bool:
        cookies = {"Cookie": f"session={self.made['session']}; csrf={TOKEN}"}
        if self.uploads:
            file = FILE.replace(b'"id": "alb"', f'"id": "{self._what()}"'.encode())
            parts = (
                b'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + TOKEN.encode(),
                b'\r\n--x\r\nContent-Disposition: form-data; name="file"; filename="f.json"\r\n\r\n' + file,
                b"\r\n--x--\r\n",
            )
            body, kind = b"".join(parts), "multipart/form-data; boundary=x"
        else:
            typed = {"csrfmiddlewaretoken": TOKEN, "fact": "albumin", "value": self._what()}
            body, kind = urlencode(typed).encode(), "application/x-www-form-urlencoded"
        page = "upload/" if self.uploads else "facts/add/"
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(
                "POST", f"/records/{self.made['record']}/{page}", body, {**cookies, "Content-Type": kind}
            )
            with connection.getresponse() as response:
                status = response.status
        if status != 302:  # not acknowledged, and so nothing was promised
            self.refused.append(status)
        return status == 302


def test_nothing_acknowledged_is_lost_and_nothing_is_half_written(environment: dict[str, str]) -> None:
    chance = random.Random(os.environ["DATABASE_URL"][:6])
    made = run("prepare", environment)
    kept: list[str] = []
    refused: list[int] = []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for turn in range(ROUNDS):
        with served(environment, port):
            typists = [Typist(port, made, turn * 400, uploads=uploads) for uploads in (False, True)]
            for typist in typists:
                typist.start()
            for _ in range(600):  # on a busy machine the first answer can take longer than the rest
                if any(typist.kept for typist in typists):
                    break
                time.sleep(0.05)
            time.sleep(1 + chance.random())
        for typist in typists:
            typist.join(20)
            kept += typist.kept
            refused += typist.refused
    found = run("look", environment)
    assert len(kept) > ROUNDS * 2, f"the typists got something through; refused: {refused[:20]}"
    assert set(refused) <= {500, 503}, "a busy site may fail to answer; it never says something else"
    assert set(kept) <= {*found["answers"], *found["files"]}
    assert found["faults"] == []
