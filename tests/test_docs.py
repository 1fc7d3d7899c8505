"""The pages say what the code does: commands, modules, links, guards and examples are checked here."""

from __future__ import annotations

import argparse
import importlib
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "sapwood"
SITE = ROOT / "src" / "sapwood_web"
PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "packs/**/*.md", "benchmarks/**/*.md")
    for path in ROOT.glob(pattern)
)

FENCE = re.compile(r"^(```|~~~)(\w*)[^\n]*\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
NAMED_FILE = re.compile(r"`((?:src/sapwood|packs|tests|docs|benchmarks|examples)/[\w./-]+)`")

PLACEHOLDER = re.compile(r"\b(?:[a-z]+_)?(?:NAME|ID)\b")


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(page)):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"`|\*|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        anchor = base = words.strip().replace(" ", "-")
        count = 0
        while anchor in found:
            count += 1
            anchor = f"{base}-{count}"
        found.add(anchor)
    return found


def modules() -> list[str]:
    """Every module of the package, as flow.md names it: `facts.py`, `criteria/language.py`."""
    return sorted(
        path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if path.name != "__init__.py"
    )


def modules_of_the_site() -> list[str]:
    """Every module of the site that is more than a list: `sapwood_web/records/actions.py`."""
    lists = {"__init__.py", "__main__.py", "apps.py", "urls.py", "wsgi.py"}
    return sorted(
        path.relative_to(SITE.parent).as_posix()
        for path in SITE.rglob("*.py")
        if path.name not in lists and not {"migrations", "management"} & set(path.parts)
    )


def commands(parser: argparse.ArgumentParser, words: tuple[str, ...]) -> Iterator[str]:
    """Every command of the command line that does something: `sapwood plan`, `sapwood pack list`."""
    groups = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not groups:
        yield " ".join(words)
    for group in groups:
        for word, inner in group.choices.items():
            yield from commands(inner, (*words, word))


def test_every_command_is_in_the_manual() -> None:
    parser = importlib.import_module("sapwood.cli").parser()
    manual = "\n".join(
        page.read_text(encoding="utf-8")
        for page in (ROOT / "README.md", ROOT / "docs" / "cli.md")
        if page.is_file()
    )
    missing = [command for command in commands(parser, ("sapwood",)) if command not in manual]
    assert not missing, f"in neither README.md nor docs/cli.md: {missing}"


def test_flow_names_every_module() -> None:
    flow = (ROOT / "docs" / "flow.md").read_text(encoding="utf-8")
    missing = [module for module in (*modules(), *modules_of_the_site()) if f"`{module}`" not in flow]
    assert not missing, f"docs/flow.md does not say what these are for: {missing}"


def test_flow_names_no_module_that_is_gone() -> None:
    flow = (ROOT / "docs" / "flow.md").read_text(encoding="utf-8")
    known = {*modules(), *(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("__init__.py"))}
    known |= {path.relative_to(SITE.parent).as_posix() for path in SITE.rglob("*.py")} | {
        "actions.py",
        "urls.py",
    }
    gone = sorted(set(re.findall(r"`([\w/]+\.py)`", flow)) - known)
    assert not gone, f"docs/flow.md names modules that do not exist: {gone}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_internal_links_resolve(page: Path) -> None:
    broken = []
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        where = (page.parent / name).resolve() if name else page
        in_another_page = anchor and where.suffix == ".md" and where.is_file()
        if not where.exists() or (in_another_page and anchor not in anchors(where)):
            broken.append(target)
    assert not broken, f"links that lead nowhere: {broken}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_named_in_a_page_exist(page: Path) -> None:
    named = {name for name in NAMED_FILE.findall(prose(page)) if not PLACEHOLDER.search(name)}
    gone = sorted(name for name in named if not (ROOT / name).exists())
    assert not gone, f"named, but not there: {gone}"


def test_every_guard_in_safety_has_its_test() -> None:
    safety = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    named = NAMED_TEST.findall(safety)
    assert named, "docs/safety.md names no test"
    missing = []
    for file, test in named:
        path = ROOT / file
        if not path.is_file() or not re.search(
            rf"^\s*(?:async )?def {test}\(", path.read_text(), re.MULTILINE
        ):
            missing.append(f"{file}::{test}")
    assert not missing, f"docs/safety.md rests on tests that do not exist: {missing}"


def test_every_harm_in_safety_names_a_guard_and_a_test() -> None:
    safety = (ROOT / "docs" / "safety.md").read_text(encoding="utf-8")
    rows = [line for line in safety.splitlines() if line.startswith("| ") and not line.startswith("| Harm")]
    assert rows
    for row in rows:
        _, harm, guard, test, _ = (cell.strip() for cell in row.split("|"))
        assert "src/sapwood" in guard or "packs/" in guard, f"no guard for: {harm}"
        assert NAMED_TEST.search(test), f"no test for: {harm}"


def test_the_python_example_in_the_readme_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = [code for _, language, code in FENCE.findall(readme) if language == "python"]
    assert examples, "README.md shows no Python example"
    monkeypatch.chdir(ROOT)
    exec(compile(examples[0], "README.md", "exec"), {"__name__": "readme"})
    capsys.readouterr()


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-web.lock", "requirements-dev.lock"])
def test_lock_files_name_no_address_and_no_path(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if "://" in line or re.search(r"(^|[ =])[/~]", line)]
    assert not wrong, f"{name} says where it was made: {wrong}"


def test_lock_files_hold_every_dependency_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {
        "requirements.lock": project["dependencies"],
        "requirements-dev.lock": [*project["dependencies"], *project["optional-dependencies"]["dev"]],
    }
    for name, requirements in wanted.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        pinned = dict(re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=(sha256):[0-9a-f]{64}", text, re.MULTILINE))
        assert len(pinned) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE)), (
            f"{name}: one without a hash"
        )
        for requirement in requirements:
            package = re.sub(r"[-_.]+", "-", re.split(r"[<>=!~\[; ]", requirement)[0].lower())
            assert package in pinned, f"{name} lacks {package}: run `make lock`"


def test_every_format_has_its_paragraph_and_its_test() -> None:
    from sapwood.formats import FORMATS

    page = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^## (\w+)\n+([^#]+)", page, re.MULTILINE))
    assert list(parts) == list(FORMATS), "docs/formats.md has one heading a format, in the order of FORMATS"
    short = [name for name, text in parts.items() if len(text.split()) < 25]
    assert not short, f"docs/formats.md hardly says what these are for: {short}"
    tests = {path.name for path in (ROOT / "tests" / "formats").glob("test_*.py")}
    missing = [
        name for name, module in FORMATS.items() if f"test_{module.rpartition('.')[2]}.py" not in tests
    ]
    assert not missing, f"no test in tests/formats for: {missing}"
    manual = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    assert "\\|".join(FORMATS) in manual, "docs/cli.md does not list the formats as --format takes them"
