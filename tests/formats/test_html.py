"""The plan as a page: whole by itself, its parts in order, its drawings put in words, its limits those of the pack."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from small_packs import condition, facts_of, given, lantern, observed, plan_of, quantity, small_pack

from sapwood.answers import read_answers
from sapwood.changes import compare
from sapwood.changes_words import said_changes, summary
from sapwood.earlier import earlier_plan
from sapwood.facts import extract
from sapwood.formats import write
from sapwood.formats.cited import shown_evidence
from sapwood.formats.html import parts_of
from sapwood.formats.html_board import Ground, board_of
from sapwood.formats.html_charts import charts_of
from sapwood.formats.html_pathway import rail_of
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plain_words import plain_plan
from sapwood.plan import Plan, make_plan
from sapwood.record import Record, read_record
from sapwood.values import read_moment
from sapwood.verdicts import evaluate_all

VOID = {"meta", "br", "path", "circle", "rect", "polyline", "link", "img"}
DAYS = ("2026-02-25", "2026-02-27", "2026-03-01")
FULL = [
    condition(text="lantern disease"),
    condition("c-glow"),
    observed("ember", True, bodySite={"text": "skin"}),
    observed("ash", False, bodySite={"text": "skin"}),
    *(observed("lux", value, day) for value, day in zip((4.0, 3.6, 3.0), DAYS, strict=True)),
    observed("weight", quantity(70, "kg")),
    given("Quill", "2026-02-26"),
]


class Page(HTMLParser):
    """A page taken apart, with every tag that was not closed in its place."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[int, str]] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        if "style" in self.open:
            return
        self.words.append(data)
        if self.open and re.fullmatch(r"h[1-6]", self.open[-1]):
            level, said = self.headings[-1]
            self.headings[-1] = level, said + data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def page_of(*resources: dict[str, Any], **more: Any) -> tuple[str, Page]:
    text = write(plan_of(lantern(), *resources), "html", **more)
    return text, Page(text)


def sound(text: str) -> Page:
    """What every page owes its readers, whoever they are."""
    page = Page(text)
    assert not page.faults and not page.open, page.faults or page.open
    assert [level for level, _ in page.headings].count(1) == 1
    before = 0
    for level, said in page.headings:
        assert level <= before + 1, f"a heading is skipped before {said!r}"
        assert said.strip()
        before = level
    names = [name for name, _ in page.tags]
    assert "script" not in names and "link" not in names and "img" not in names and "iframe" not in names
    assert {"header", "main", "footer"} <= set(names)
    loads = [
        value for _, attrs in page.tags for key, value in attrs.items() if key in ("src", "srcset", "action")
    ]
    assert not loads, "a page asks nobody for anything"
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style and "@import" not in style
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids)), "an id is given twice"
    targets = [attrs["href"] or "" for name, attrs in page.tags if name == "a"]
    assert targets[0] == "#main", "the skip link stands first"
    assert not {one[1:] for one in targets if one.startswith("#")} - set(ids)
    assert all(one.startswith(("#", "https://")) for one in targets)
    assert all("scope" in attrs for name, attrs in page.tags if name == "th")
    for name, attrs in page.tags:
        if name == "svg":
            assert attrs.get("role") == "img" and set((attrs["aria-labelledby"] or "").split()) <= set(ids)
    root = next(attrs for name, attrs in page.tags if name == "html")
    assert root.get("lang") == "en"
    return page


def test_a_page_is_whole_and_asks_for_nothing() -> None:
    sound(page_of(*FULL)[0])
    sound(page_of()[0])


def test_the_parts_stand_in_the_order_a_board_reads() -> None:
    _, page = page_of(*FULL)
    titles = [said for level, said in page.headings if level == 2]
    order = [
        "Where on the pathway",
        "Markers by specimen",
        "Sites",
        "Fitness, by rule set (never merged)",
        "Options side by side",
        "Beside the steps",
        "Tasks",
        "What to ask next",
        "Measurements, and the limits set for them",
        "Treatment so far",
        "Label rules",
        "Also watch",
        "Evidence",
        "The record",
    ]
    assert [title for title in titles if title in order] == [title for title in order if title in titles]
    assert len(set(order) - set(titles)) <= 2, "most parts of this plan have something to say"


def test_a_part_without_content_has_no_heading() -> None:
    _, page = page_of(observed("anything", True))
    titles = [said for level, said in page.headings if level == 2]
    assert titles[0] == "Where on the pathway"
    assert not {"Markers by specimen", "Sites", "Treatment so far", "Follow-up calendar"} & set(titles)
    assert "Nothing in this record glows." in page.text


def test_what_a_record_says_cannot_become_markup() -> None:
    hostile = "<script>alert(1)</script>\"'&<b>"
    text, page = page_of(*FULL, observed("ember", True, bodySite={"text": hostile}))
    assert "<script" not in text
    assert hostile in page.text
    sound(text)


def test_no_name_and_no_birth_date() -> None:
    person = {
        "resourceType": "Patient",
        "id": "hidden-id",
        "gender": "female",
        "birthDate": "1961-07-19",
        "name": [{"family": "Grimshaw"}],
    }
    text = write(plan_of(lantern(), *FULL, patient=person), "html")
    assert not [secret for secret in ("Grimshaw", "1961-07-19", "hidden-id") if secret in text]


def test_markers_are_told_apart_by_words() -> None:
    text, _ = page_of(*FULL, observed("ember", False, bodySite={"text": "skin"}))
    table = text[text.index('id="markers"') : text.index('id="sites"')]
    said = re.sub(r"<[^>]+>", " ", table)
    assert "± results disagree" in " ".join(said.split())
    assert "− negative" in " ".join(said.split())


def test_the_rail_says_in_words_what_it_draws() -> None:
    rail = rail_of(plan_of(lantern(), *FULL))
    assert rail is not None
    here = [stop.title for stop in rail.stops if stop.state == "here"]
    assert here == [plan_of(lantern(), *FULL).position.title]
    assert f"{here[0]}: the person stands here" in rail.words
    text, _ = page_of(*FULL)
    assert "the person stands here" in text and "Beside the steps. Rest:" in text
    assert rail_of(plan_of(lantern(), observed("anything", True))) is None


SERIES = {
    "salt": {
        "type": "quantity",
        "unit": "g/dL",
        "plausible": [0, 20],
        "find": [{"in": "Observation", "codes": {"lab": ["salt"]}}],
    },
    "salt_today": {
        "type": "quantity",
        "unit": "g/dL",
        "on_day": "as_of",
        "find": [{"in": "Observation", "codes": {"lab": ["salt"]}}],
    },
    "sand": {"type": "quantity", "unit": "g/dL", "find": [{"in": "Observation", "codes": {"lab": ["sand"]}}]},
}
CRITERIA = {
    "salty": {
        "is": "salt >= 3.2 AND sand < 9",
        "means": "Salty.",
        "title": "salt enough",
        "rule_set": "label",
    },
    "hold": {"is": "NOT salt_today >= 3.5", "means": "Hold.", "title": "hold: salt", "rule_set": "label"},
    "high": {"is": "salt / salt.high > 2", "means": "High.", "title": "salt high"},
    "there": {"is": "salt >= 0", "means": "Known.", "title": "salt known"},
}


def test_limits_are_read_from_the_criteria() -> None:
    pack = small_pack(
        SERIES, criteria=CRITERIA, pathway={"steps": [{"id": "on", "title": "On", "opens": "TRUE"}]}
    )
    limit = {"referenceRange": [{"high": {"value": 5, "unit": "g/dL"}}]}
    found = [observed("salt", value, day, **limit) for value, day in zip((4.0, 3.6, 3.0), DAYS, strict=True)]
    facts = facts_of(pack, *found, observed("sand", 1))
    charts, singles = charts_of(make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts))
    [chart] = charts
    assert [(one.words, one.titles, one.met) for one in chart.limits] == [
        ("≥ 3.2 g/dL", ("salt enough (label)",), False),
        ("< 3.5 g/dL", ("hold: salt (label)",), True),
        ("> 10 g/dL", ("salt high (definition)",), False),
    ], "a limit of another test, or one that every value fulfils, is no limit; NOT turns a comparison round"
    assert [point.words for point in chart.points] == ["4", "3.6", "3"]
    heights = [point.y for point in chart.points]
    assert heights == sorted(heights), "lower values lie lower on the page"
    drawn = {one.key: one.y for one in chart.limits if one.y is not None}
    assert drawn["a"] is not None and heights[1] < drawn["a"] < heights[2]
    [single] = singles
    assert (single.title, single.words) == ("sand", "1 g/dL")
    assert [one.words for one in single.limits] == ["< 9 g/dL"]


def test_every_value_drawn_is_in_a_table() -> None:
    text, page = page_of(*FULL)
    assert text.count("<polyline") == 1
    part = text[text.index('id="labs"') :]
    for day, value in zip(DAYS, ("4", "3.6", "3"), strict=True):
        assert f'<th scope="row" class="fix">{day}</th><td>{value}</td>' in part
    assert "3 values; the table beside it has them all." in page.text


def test_what_is_cited_is_listed_once_with_its_source() -> None:
    plan = plan_of(lantern(), *FULL)
    text = write(plan, "html")
    listed = re.findall(r'<li id="e-(\w+)"', text)
    assert sorted(listed) == sorted(shown_evidence(plan))
    assert set(re.findall(r'href="#e-(\w+)"', text)) <= set(listed)


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_the_example_makes_a_whole_page(root: Path, audience: str) -> None:
    plan = plan_for(root / "examples" / "demo.json")
    text = write(plan, "html", audience=audience)
    sound(text)
    assert text == write(plan, "html", audience=audience)


# --- for the person it is about --------------------------------------------------------------------


@cache
def bpdcn() -> Pack:
    return load_pack("bpdcn")


def plan_for(source: Path, as_of: str = "2026-03-02") -> Plan:
    if source.suffix == ".yaml":
        sheet = read_answers(source, bpdcn())
        none = Record(None, (), {}, (), ())
        facts = extract(none, bpdcn(), as_of=sheet.as_of or as_of, answers=sheet.answers)
    else:
        facts = extract(read_record(source), bpdcn(), as_of=as_of)
    return make_plan(locate(bpdcn().pathway, evaluate_all(bpdcn().criteria, facts)), facts)


CASES = (
    "hold_albumin_low",
    "declines_transplant",
    "remission_without_transplant",
    "relapse_after_tagraxofusp",
)


@pytest.mark.parametrize("audience", ["clinician", "patient"])
def test_every_sort_of_plan_makes_a_whole_page(root: Path, audience: str) -> None:
    for case in CASES:
        sound(write(plan_for(root / "packs" / "bpdcn" / "cases" / f"{case}.yaml"), "html", audience=audience))
    for record in ("cases/037.bundle.json", "cases/118.bundle.json", "records/synthea-adult.json"):
        sound(write(plan_for(root / "examples" / record, "2026-11-25"), "html", audience=audience))


@pytest.mark.parametrize("case", CASES)
def test_a_persons_page_says_what_the_words_for_them_say(root: Path, case: str) -> None:
    plan = plan_for(root / "packs" / "bpdcn" / "cases" / f"{case}.yaml")
    words, page = plain_plan(plan), Page(write(plan, "html", audience="patient"))
    told = [*words.opening, words.here.text, words.next, words.call, words.notice]
    told += [line.text for lines in (words.now, words.beside, words.due, words.follow_up) for line in lines]
    told += [choice.sentence for choice in words.choices]
    assert not [text for text in told if " ".join(text.split()) not in page.text]
    clinicians = {
        text
        for option in plan.options
        for point in (*option.for_, *option.against, *option.open_)
        if (text := point.text) != point.patient and len(text) > 20
    } | {alert.message for alert in plan.alerts}
    assert not [text for text in clinicians if text in page.text], "a clinician's word in a patient's page"


def test_a_persons_page_is_in_the_order_they_need(root: Path) -> None:
    plan = plan_for(root / "packs" / "bpdcn" / "cases" / "hold_albumin_low.yaml")
    titles = [said for level, said in Page(write(plan, "html", audience="patient")).headings if level == 2]
    order = [
        "What needs attention now",
        "Where you are",
        "What comes next",
        "What you could bring or tell your team",
        "Choices to talk about",
        "What your team still needs to know",
        "Where this comes from",
    ]
    assert [title for title in titles if title in order] == order


def test_the_way_drawn_for_a_person_shows_how_far_they_came_and_no_fear(root: Path) -> None:
    plan = plan_for(root / "examples" / "demo.json")
    rail = rail_of(plan, own_words=True)
    assert rail is not None
    assert [stop.state for stop in rail.stops][-1] == "here"
    assert {stop.state for stop in rail.stops} == {"done", "gap", "here"}
    text = write(plan, "html", audience="patient")
    assert "When it comes back" not in text
    assert rail.tracks == ()


def test_what_changed_stands_on_both_pages(root: Path) -> None:
    plan = plan_for(root / "examples" / "demo.json")
    changes = compare(earlier_plan(plan.facts, read_moment("2026-02-20"), None), plan)
    for audience in ("clinician", "patient"):
        page = sound(write(plan, "html", audience=audience, changes=changes))
        assert "What has changed" in [said for _, said in page.headings]
        assert summary(changes, audience) in page.text
        assert next(said_changes(changes, audience)).text in page.text


def test_a_record_without_a_sign_is_asked_nothing(root: Path) -> None:
    plan = plan_for(root / "examples" / "cases" / "118.bundle.json", "2026-11-25")
    titles = [said for _, said in Page(write(plan, "html")).headings]
    asked = "WHAT TO ASK NEXT" in write(plan, "text")
    assert ("What to ask next" in titles) == asked


def test_a_reason_opens_down_to_the_entry_it_rests_on() -> None:
    plan = plan_of(lantern(), *FULL)
    board = board_of(plan)
    grounds = board.reasons(plan.position.because)

    def sources(one: Ground) -> set[str]:
        return {*one.sources, *(source for inner in one.deeper for source in sources(inner))}

    assert any("Condition/" in source for ground in grounds for source in sources(ground))
    led = board_of(plan, lambda source: f"/somewhere/{source}")
    assert any('href="/somewhere/Condition/' in part.html for part in parts_of(led))
    assert not any("/somewhere/" in part.html for part in parts_of(board))


def test_a_site_says_how_it_stands_since_treatment_began(root: Path) -> None:
    plan = plan_for(root / "packs" / "bpdcn" / "cases" / "no_response_skin_not_biopsied.yaml")
    sites, unknown = board_of(plan).sites
    assert {site.name: site.since for site in sites} == {
        "skin": "not known",  # not biopsied: what is left may be a scar, or disease
        "bone marrow": "clear",
        "central nervous system": "clear",
    }
    assert "Since treatment began" in write(plan, "html")
    assert "lymph nodes" in unknown
