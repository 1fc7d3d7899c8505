"""A real browser on the real site: Chromium, driven by Playwright. `-m "not browser"` leaves these tests out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from screenshots import CHROMIUM, FLAGS
from visitor import SIZES, Visitor

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop of its own in the test's thread
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The machine's Chromium; without it these tests are left out, and fail where CI runs them."""
    if not Path(CHROMIUM).exists():
        words = f"There is no Chromium at {CHROMIUM}: install it, or say CHROMIUM=/path/to/it."
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Any, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each in a browser window of their own: `visit("phone")`."""
    settings.AUDIT_HEADS = (
        tmp_path / "audit"
    )  # as new as the database, or the trail is rightly called cut short
    settings.PACK_SHELF = tmp_path / "packs"
    cache.clear()  # or those who joined in the test before count against the pace of joining
    visitors: list[Visitor] = []

    def make(size: str = "phone", **options: Any) -> Visitor:
        visitors.append(Visitor(chromium, live_server.url, SIZES[size], **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.leave()
