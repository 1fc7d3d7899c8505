"""Somebody with a browser. Every page they come to is looked at as it is drawn."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.core import mail

SIZES = {"phone": (360, 780), "desktop": (1280, 800)}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
EVERYTHING = {"runOnly": {"type": "tag", "values": WCAG}, "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}

MEASURE = """() => {
  const visible = part => part.checkVisibility({visibilityProperty: true}) && part.getClientRects().length
  const named = part => (part.innerText || part.name || part.id || part.tagName).trim().slice(0, 40)
  const targets = 'button:not(.word), .button, select, summary, .links a, .links-list a, .tabs a, '
    + 'input:not([type=hidden], [type=radio], [type=checkbox])'
  const small = [...document.querySelectorAll(targets)]
    .filter(part => visible(part) && getComputedStyle(part).display !== 'inline')
    .filter(part => part.getBoundingClientRect().height < (part.closest('.plan') ? 24 : 44)).map(named)
  const ids = [...document.querySelectorAll('[id]')].map(part => part.id)
  return {
    wide: document.documentElement.scrollWidth - window.innerWidth,
    headings: document.querySelectorAll('h1').length,
    small, twice: ids.filter((id, place) => ids.indexOf(id) !== place),
    styled: document.querySelectorAll('[style]').length,
  }
}"""
SHIFT = """new Promise(done => {
  let moved = 0
  new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) moved += one.value })
    .observe({type: 'layout-shift', buffered: true})
  requestAnimationFrame(() => setTimeout(() => done(moved), 30))
})"""


class Visitor:
    """One person in one window; `page` is Playwright's."""

    def __init__(self, browser: Any, site: str, size: tuple[int, int], *, session: str = "") -> None:
        self.site, self.faults, self.seen = site, list[str](), list[str]()
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, base_url=site, reduced_motion="reduce"
        )
        self.context.set_default_timeout(30_000)
        if session:
            self.context.add_cookies([{"name": "session", "value": session, "url": site}])
        self.page = self.context.new_page()
        self.page.on("request", self._asks)
        self.page.on("console", self._says)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _asks(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.faults.append(f"asks another site: {request.url}")

    def _says(self, message: Any) -> None:
        answered = message.text.startswith("Failed to load resource") and re.search(
            r"\b(403|404|422)\b", message.text
        )
        if message.type in ("error", "warning") and not (
            answered and message.location["url"] == self.page.url
        ):
            self.faults.append(f"console: {message.text}")

    def leave(self) -> None:
        """Closes the window."""
        self.context.close()

    # ---- what they do ----

    def open(self, address: str) -> None:
        """Goes to an address of the site."""
        self.page.goto(address)
        self.check()

    def press(self, words: str, *, within: Any = None) -> None:
        """Presses a button or follows a link that bears these words, and looks at the page that comes."""
        place = within or self.page.locator("main")
        name = re.compile(r"\s*:\s*".join(map(re.escape, words.split(": "))))
        part = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
        with self.page.expect_navigation():
            part.first.click()
        self.check()

    def fill(self, **fields: str) -> None:
        """Fills fields by their name."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]:visible").last.fill(value)

    def choose(self, label: str) -> None:
        """Ticks what bears this label."""
        self.page.locator("main").get_by_label(label, exact=True).check()

    def reads(self, words: str) -> bool:
        """Whether these words stand on the page, to be seen without opening anything."""
        return self.page.locator("body").get_by_text(words).filter(visible=True).count() > 0

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return str(self.page.locator("h1").inner_text())

    # ---- what is looked at on every page ----

    def check(self, *, steady: bool = True) -> None:
        """Fails where axe, the console, the network or a measure has something to say of this page, light or dark.

        `steady` asks too whether it moved while it loaded; leave it out after steps that open things.
        """
        page, where = self.page, self.page.url.removeprefix(self.site)
        self.seen.append(where)
        assert not self.faults, f"{where}: {self.faults}"
        measured = page.evaluate(MEASURE)
        assert measured["wide"] <= 0, f"{where} is {measured['wide']} px wider than the window"
        assert measured["headings"] == 1, f"{where} has {measured['headings']} first headings"
        assert not measured["small"], f"{where}: hard to hit: {measured['small']}"
        assert not measured["twice"], f"{where}: one id twice: {measured['twice']}"
        assert not measured["styled"], f"{where}: a style attribute, which the policy refuses"
        moved = page.evaluate(SHIFT) if steady else 0
        assert moved < 0.02, f"{where}: the page moves while it loads, by {moved}"
        page.evaluate(AXE_SCRIPT)
        found = AxeResults(page.evaluate("asked => axe.run(asked)", EVERYTHING))
        assert found.violations_count == 0, f"{where}:\n{found.generate_report()}"
        page.emulate_media(color_scheme="dark")
        found = AxeResults(page.evaluate("asked => axe.run(asked)", COLOURS))
        assert found.violations_count == 0, f"{where}, dark:\n{found.generate_report()}"
        page.emulate_media(color_scheme="light")


def code_in_the_mail(address: str) -> str:
    """The code in the newest mail to this address."""
    body = next(str(one.body) for one in reversed(mail.outbox) if address in one.to)
    found = re.search(r"^([A-Z0-9]{3,6}-?[A-Z0-9]{3,6})$", body, re.MULTILINE)
    assert found, "no code in the mail"
    return found[1]
