"""What a visitor reads: every page, without a cookie, kept by caches; words explained; nothing dead, nothing lost."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag

import pytest
from django.test import Client
from django.urls import reverse
from people import make_person, signed_in

from sapwood_web.accounts.models import Person
from sapwood_web.editions.active import active
from sapwood_web.library import content
from sapwood_web.library.models import Talk

pytestmark = pytest.mark.django_db


def pages() -> list[str]:
    """The address of every page for visitors."""
    pack = active()
    plain = "home red_flags articles questions words talks trials studies ask asked find for_clinicians for_researchers"
    found = [reverse(name) for name in plain.split()]
    found += [content.address_of(name) for name in pack.library.articles]
    found += [reverse("card", args=[name]) for name in pack.library.cards]
    found += [reverse("study", args=[name]) for name in content.studies()]
    return list(dict.fromkeys(found))


class Page(HTMLParser):
    """What a page holds: its links, its anchors, its images, its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.first = 0
        self.targets: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("id"):
            self.ids.append(str(said["id"]))
        if tag == "a":
            self.links.append(str(said["href"]))
        if tag == "img":
            self.images.append(said)
        self.first += tag == "h1"
        if said.get("popovertarget"):
            self.targets.append(str(said["popovertarget"]))


@pytest.fixture
def talk() -> Talk:
    from people_of_the_library import make_talk

    return make_talk()


def test_no_page_sets_a_cookie_and_all_but_forms_are_kept_by_caches(talk: Talk) -> None:
    client = Client()
    for page in [*pages(), reverse("talk", args=[talk.slug])]:
        response = client.get(page)
        assert response.status_code == 200, page
        assert not response.cookies and "Set-Cookie" not in response.headers, page
        assert "Cookie" in response.headers["Vary"], page
        if page in (reverse("ask"), reverse("find")):
            assert response.headers["Cache-Control"] == "no-store", page
            continue
        assert response.headers["Cache-Control"].startswith("public, "), page
        again = client.get(page, headers={"If-None-Match": response.headers["ETag"]})
        assert again.status_code == 304 and not again.content, page
        assert again.headers["Cache-Control"] == response.headers["Cache-Control"]


def test_who_is_signed_in_or_was_gets_pages_that_nothing_keeps(alice: Person) -> None:
    client = signed_in(alice)
    for page in ("/read/", "/emergency/", "/questions/", "/"):
        assert client.get(page).headers["Cache-Control"] == "no-store"
    client.post(reverse("account_logout"))
    assert client.get("/read/").headers["Cache-Control"] in ("no-store", "public, max-age=300")


def test_the_same_page_is_the_same_bytes_and_its_tag_changes_with_it(talk: Talk) -> None:
    client = Client()
    one, two = (client.get("/talks/").headers["ETag"] for _ in range(2))
    assert one == two
    Talk.objects.update(title="Another title")
    assert client.get("/talks/").headers["ETag"] != one


def test_every_link_leads_somewhere_and_every_image_has_words(talk: Talk) -> None:
    client = Client()
    seen: dict[str, Page] = {}
    waiting = pages()
    while waiting:
        address = waiting.pop()
        if address in seen or address.startswith(("/enter/", "/static/")):
            continue
        response = client.get(address)
        assert response.status_code in (200, 302), address
        if response.status_code == 302:
            waiting.append(response.headers["Location"])
            seen[address] = Page("")
            continue
        page = seen[address] = Page(response.content.decode())
        assert page.first == 1, f"{address} has {page.first} first headings"
        assert len(page.ids) == len(set(page.ids)), f"{address}: an id twice"
        assert all("alt" in image for image in page.images), address
        assert set(page.targets) <= set(page.ids), f"{address}: a word that explains nothing"
        waiting += [urldefrag(link)[0] for link in page.links if link.startswith("/")]
    for address, page in seen.items():
        for link in page.links:
            if link.startswith("https://"):
                continue
            where, anchor = urldefrag(link)
            target = seen.get(where or address)
            if anchor and target is not None:
                assert anchor in target.ids, f"{address} leads to {link}, and there is no such place"


def test_red_flags_are_one_click_from_every_page(alice: Person) -> None:
    for client in (Client(), signed_in(alice)):
        for page in ("/", "/read/", "/find/", "/enter/login/", "/nowhere/"):
            assert 'href="/emergency/"' in client.get(page, follow=True).content.decode(), page


def test_red_flags_are_the_packs_own_words() -> None:
    shown = Client().get("/emergency/").content.decode()
    assert "38.0\N{NO-BREAK SPACE}°C" in shown and "Call the emergency number now" in shown
    assert "Trouble breathing" in shown, "an urgent alert of the pack"
    assert 'href="/read/card/tagraxofusp/"' in shown


def test_an_article_names_its_author_its_review_its_sources_its_words_and_the_next() -> None:
    shown = Client().get("/read/its_name/").content.decode()
    assert "Written by Sapwood contributors" in shown
    assert "Not yet reviewed by a clinician" in shown
    assert re.search(r'<li id="source-1" value="1">', shown)
    assert '<button type="button" class="word" popovertarget="meaning-marrow">bone marrow</button>' in shown
    assert 'popover id="meaning-marrow"' in shown and "The soft part inside your bones" in shown
    assert "Next: Why it took so long to find" in shown


def test_articles_stand_in_the_order_people_need_them() -> None:
    shown = Client().get("/read/").content.decode()
    places = [shown.index(f">{page.about.title}</a>") for page in active().library.articles.values()]
    assert places == sorted(places)


def test_what_no_page_has_is_not_there() -> None:
    for page in ("/read/nothing/", "/read/card/nothing/", "/studies/nothing/", "/talks/nothing/"):
        response = Client().get(page)
        assert response.status_code == 404 and response.headers["Cache-Control"] == "no-store"


def test_a_trial_is_shown_with_the_day_it_was_last_known_and_nobody_is_called_eligible() -> None:
    shown = Client().get("/trials/").content.decode()
    for trial in active().pack.trials:
        assert trial.nct in shown
        assert f"Last known: {trial.status_as_of}." in shown
    assert "ligible" not in shown
    assert "Only the study team can say who may join." in shown


def test_figures_on_survival_are_shown_only_when_asked_for() -> None:
    client = Client()
    survival = [name for name, one in content.studies().items() if one.survival]
    assert "first_line_survival" in survival and "survival_series" in survival
    for name in content.studies():
        shown = client.get(reverse("study", args=[name])).content.decode()
        before, folded, _ = shown.partition('<details class="fold">')
        assert bool(folded) == (name in survival), name
        if name in survival:
            assert "<table" not in before, name
            assert not re.search(r"surviv\w*[^.<]*\d", before), name
    assert "figures on how long people lived" in client.get("/studies/").content.decode()


@pytest.mark.parametrize("name", ["patient", "researcher"])
def test_the_researchers_room_says_what_it_will_never_show(name: str) -> None:
    for client in (Client(), signed_in(make_person("visitor@example.org", name))):
        shown = client.get("/for-researchers/").content.decode()
        assert "This room is empty for now." in shown and "What it will never show" in shown
        assert "fewer than five" in shown


def test_no_page_for_visitors_is_heavy(talk: Talk) -> None:
    sizes: dict[str, Any] = {page: len(Client().get(page).content) for page in pages()}
    assert max(sizes.values()) < 100_000, max(sizes, key=lambda page: sizes[page])
