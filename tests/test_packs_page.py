"""docs/packs.md says what a pack may hold: every key with its default, and examples that are one sound pack."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from case_runner import SECTIONS, Case

from sapwood import articles, definitions, glossary
from sapwood.answers import read_answers
from sapwood.definitions import Definition
from sapwood.facts import Facts
from sapwood.pack import Pack, load_pack
from sapwood.pathway import locate
from sapwood.plan import make_plan
from sapwood.record import Record
from sapwood.verdicts import evaluate_all
from sapwood.yaml_files import read_yaml

PAGE = Path(__file__).resolve().parent.parent / "docs" / "packs.md"
FENCE = re.compile(r"^```yaml (\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = ("pack", "facts", "criteria", "pathway", "evidence", "knowledge", "trials")

SHAPES: dict[str, dict[str, type[Definition]]] = {
    "pack.yaml": {
        "pack": definitions.PackDefinition,
        "board": definitions.Board,
        "saying": definitions.Said,
    },
    "facts.yaml": {
        "fact": definitions.FactDefinition,
        "source": definitions.Source,
        "match": definitions.Match,
        "question": definitions.Ask,
        "closed world": definitions.ClosedWorld,
        "always": definitions.Always,
    },
    "reviews": {"review": definitions.Review},
    "criteria.yaml": {"criterion": definitions.CriterionDefinition},
    "pathway.yaml": {
        "pathway": definitions.PathwayDefinition,
        "step": definitions.Step,
        "track": definitions.Track,
        "status": definitions.TrackStatus,
        "task": definitions.Task,
        "option": definitions.Option,
        "point": definitions.Point,
        "alert": definitions.Alert,
        "follow-up": definitions.FollowUp,
        "phase": definitions.Phase,
        "plain words": definitions.Plain,
    },
    "regimens": {
        "regimen": definitions.Regimen,
        "drug": definitions.Drug,
        "dose": definitions.Dose,
        "around": definitions.Around,
        "hold row": definitions.HoldRow,
        "sign row": definitions.SignRow,
        "seam": definitions.Seam,
    },
    "evidence.yaml": {
        "evidence": definitions.EvidenceDefinition,
        "evidence source": definitions.EvidenceSource,
        "claim": definitions.Claim,
    },
    "knowledge.yaml": {"knowledge": definitions.KnowledgeDefinition, "topic": definitions.Topic},
    "trials.yaml": {"trials": definitions.TrialsDefinition, "trial": definitions.Trial},
    "articles": {"article": articles.ArticleDefinition},
    "glossary.yaml": {"glossary": glossary.GlossaryDefinition, "word": glossary.WordDefinition},
    "cards": {"card": articles.CardDefinition, "card line": articles.CardLine},
}
ENTRIES = [(heading, entry) for heading, shapes in SHAPES.items() for entry in shapes]


@cache
def section(heading: str) -> str:
    """The page from one heading to the next."""
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )
    assert found, f"docs/packs.md has no heading `{heading}`"
    return found[1]


@cache
def rows(heading: str) -> list[tuple[str, str, str]]:
    """What the table under a heading says: an entry, a key of it, the default."""
    said = []
    for line in section(heading).splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "of a":
            for entry in cells[0].split(", "):
                said += [(entry, key, cells[3]) for key in re.findall(r"`([^`]+)`", cells[1])]
    return said


def examples(sort: str) -> list[str]:
    """The YAML shown on the page for one file of a pack."""
    return [text for found, text in FENCE.findall(PAGE.read_text(encoding="utf-8")) if found == sort]


def shown_default(field: msgspec.inspect.Field) -> str:
    """A default as the page writes it."""
    if field.required:
        return "needed"
    default: Any = field.default
    if default is msgspec.NODEFAULT or (not default and default is not False):
        return "–"
    if isinstance(default, Definition):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


# --- the keys ------------------------------------------------------------------------------------


def test_every_shape_has_its_place() -> None:
    placed = [shape for shapes in SHAPES.values() for shape in shapes.values()]
    there = {
        shape
        for module in (definitions, articles, glossary)
        for shape in vars(module).values()
        if isinstance(shape, type) and issubclass(shape, Definition) and shape is not Definition
    }
    assert Counter(placed) == Counter(there)


@pytest.mark.parametrize(("heading", "entry"), ENTRIES)
def test_every_key_is_named_once_and_no_other(heading: str, entry: str) -> None:
    said = Counter(key for of, key, _ in rows(heading) if of == entry)
    assert said == Counter(SHAPES[heading][entry].__struct_encode_fields__)


@pytest.mark.parametrize(("heading", "entry"), ENTRIES)
def test_every_default_is_the_real_one(heading: str, entry: str) -> None:
    info = msgspec.inspect.type_info(SHAPES[heading][entry])
    assert isinstance(info, msgspec.inspect.StructType)
    real = {field.encode_name: shown_default(field) for field in info.fields}
    assert {key: default for of, key, default in rows(heading) if of == entry} == real


def test_no_row_is_of_something_unknown() -> None:
    unknown = {
        entry for heading, shapes in SHAPES.items() for entry, _, _ in rows(heading) if entry not in shapes
    }
    assert not unknown


# --- the examples ---------------------------------------------------------------------------------


@cache
def _folder(place: Path) -> Path:
    """The examples of the page as the folder of one pack."""
    for file in FILES:
        (place / f"{file}.yaml").write_text("\n".join(examples(file)), encoding="utf-8")
    (place / "regimens").mkdir()
    for text in examples("regimen"):
        name = re.search(r"^id: (\w+)$", text, re.MULTILINE)
        assert name, "a regimen without an id"
        (place / "regimens" / f"{name[1]}.yaml").write_text(text, encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _folder(tmp_path_factory.mktemp("example"))


@pytest.fixture
def pack(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Pack:
    monkeypatch.setenv("SAPWOOD_CACHE", "off")
    return load_pack(folder)


def content(text: str, folder: Path) -> Any:
    place = folder / "one.txt"
    place.write_text(text, encoding="utf-8")
    return read_yaml(place, "one example")


def test_every_example_is_of_a_known_sort() -> None:
    shown = re.findall(r"^```(.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)[::2]
    assert {info.removeprefix("yaml ") for info in shown} == {
        *FILES,
        "regimen",
        "article",
        "card",
        "case",
        "glossary",
    }


@pytest.mark.parametrize("sort", ["facts", "criteria"])
def test_every_entry_shown_is_read(sort: str, pack: Pack, folder: Path) -> None:
    read = getattr(pack, sort)
    for text in examples(sort):
        shown = set(content(text, folder)) - {"always"}
        assert shown and shown <= set(read)
    assert pack.invariants


def test_the_pathway_the_regimens_and_the_evidence_shown_are_read(pack: Pack, folder: Path) -> None:
    (pathway,) = (content(text, folder) for text in examples("pathway"))
    for part, entries in pathway.items():
        assert [one.id for one in getattr(pack.pathway, part)] == [entry["id"] for entry in entries]
    assert set(pack.regimens) == {content(text, folder)["id"] for text in examples("regimen")}
    (evidence,) = (content(text, folder) for text in examples("evidence"))
    assert set(pack.claims) == set(evidence["claims"]) and set(pack.sources) == set(evidence["sources"])
    assert not pack.reviewed


def test_the_page_and_the_card_shown_are_read(pack: Pack, folder: Path) -> None:
    for place, name, text in (
        ("articles", "01-when-you-swell.md", f"---\n{examples('article')[0]}---\nCall.[^albumin_gate]\n"),
        ("cards", "drug_a.yaml", examples("card")[0]),
        ("", "glossary.yaml", examples("glossary")[0]),
    ):
        (folder / place).mkdir(exist_ok=True)
        (folder / place / name).write_text(text, encoding="utf-8")
    library = articles.read_library(pack, folder)
    assert list(library.articles) == ["swelling"] and library.card("drug_a").title == "Drug A"
    assert list(library.glossary.words) == ["albumin"]


def test_the_worked_patient_shown_comes_out_as_it_says(pack: Pack, folder: Path) -> None:
    (text,) = examples("case")
    place = folder / "case.txt"
    place.write_text(text, encoding="utf-8")
    sheet = read_answers(place, pack)
    assert sheet.as_of is not None and sheet.rest["expect"]
    facts = Facts(Record(None, (), {}, (), ()), pack, sheet.as_of, sheet.answers)
    plan = make_plan(locate(pack.pathway, evaluate_all(pack.criteria, facts)), facts)
    assert Case(place, pack, sheet, plan).unmet == []


def test_every_part_a_case_can_expect_is_on_the_page() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", section("Worked patients"), re.MULTILINE)
    assert tuple(listed) == SECTIONS


def test_the_command_the_page_names_shows_the_pack(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from sapwood.cli import main

    assert main(["pack", "show", str(folder)]) == 0
    assert "albumin_start_ok" in capsys.readouterr().out


def test_a_misspelt_name_is_refused_as_the_page_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sapwood.cli import main

    wrong = _folder(tmp_path)
    criteria = wrong / "criteria.yaml"
    criteria.write_text(criteria.read_text(encoding="utf-8").replace("is: albumin >=", "is: albumim >="))
    assert main(["pack", "show", str(wrong)]) == 2
    said = capsys.readouterr().err
    assert "criteria.yaml, `albumin_start_ok`" in said and "Did you mean `albumin`?" in said
