"""Draws every page of the site at three widths, light and dark: `make screenshots`, into .screenshots.

The site is the one of `make site`, with its invented people; the pages are those of pages.py.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.append(str(ROOT / "tests" / "web"))

from pages import SHOTS, Shot  # noqa: E402
from world import world  # noqa: E402

WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""How Chromium is started everywhere: it asks nothing of the network by itself."""


def main() -> int:
    """Prepares the site, draws what was asked for, and says where it lies."""
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("--into", type=Path, default=ROOT / ".screenshots")
    parser.add_argument("--only", default="", help="a pattern that the name of a page must match")
    parser.add_argument("--widths", default=",".join(map(str, WIDTHS)))
    chosen = parser.parse_args()
    if not Path(CHROMIUM).exists():
        print(
            f"There is no Chromium at {CHROMIUM}: install it, or say CHROMIUM=/path/to/it.", file=sys.stderr
        )
        return 2
    wanted = [shot for shot in SHOTS if re.search(chosen.only, shot.name)]
    chosen.into.mkdir(parents=True, exist_ok=True)
    from sapwood_web import demo

    folder = Path(tempfile.mkdtemp(prefix="sapwood-screenshots-"))
    server = None
    try:
        demo._settle(folder / "site")
        sessions, ids = world()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", "sapwood_web.wsgi", "--bind", f"127.0.0.1:{port}"]
        server = subprocess.Popen([*command, "--threads", "4", "--log-level", "warning"])
        _wait(port)
        widths = [int(width) for width in chosen.widths.split(",")]
        failed = _draw(f"http://localhost:{port}", wanted, widths, sessions, ids, chosen.into)
    finally:
        if server is not None:
            server.terminate()
            server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{len(wanted) - len(failed)} pages lie in {chosen.into}")
    for name in failed:
        print(f"not drawn: {name}", file=sys.stderr)
    return 1 if failed else 0


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The site did not start.")


def _draw(
    site: str,
    wanted: list[Shot],
    widths: list[int],
    sessions: dict[str, str],
    ids: dict[str, str],
    into: Path,
) -> list[str]:
    from playwright.sync_api import Error, sync_playwright

    failed = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for shot in wanted:
            for width in widths:
                context = browser.new_context(
                    viewport={"width": width, "height": 800}, reduced_motion="reduce"
                )
                if shot.who:
                    context.add_cookies([{"name": "session", "value": sessions[shot.who], "url": site}])
                page = context.new_page()
                page.set_default_timeout(30_000)
                try:
                    answer = page.goto(site + shot.address.format(**ids))
                    if answer.status >= 500:
                        failed.append(f"{shot.name} at {width}: status {answer.status}")
                    if shot.steps:
                        shot.steps(page)
                        page.wait_for_load_state()
                    for scheme in SCHEMES:
                        page.emulate_media(color_scheme=scheme)
                        page.screenshot(path=into / f"{shot.name}-{width}-{scheme}.png", full_page=True)
                except Error as error:
                    failed.append(f"{shot.name} at {width}: {str(error).splitlines()[0]}")
                context.close()
        browser.close()
    return failed


if __name__ == "__main__":
    sys.exit(main())
