"""Nothing is left over: what a board is shown and what a page rests on is used; what nobody reads is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from small_packs import folder_of, small_pack

from sapwood.articles import read_library
from sapwood.check.content import nothing_left_over
from sapwood.check.findings import Finding
from sapwood.check.ground import Ground
from sapwood.pack import load_pack

EVIDENCE = {
    "sources": {"label": {"citation": "A label"}},
    "claims": {
        "written": {"source": "label", "text": "Given by vein."},
        "carded": {"source": "label", "text": "Fever is urgent."},
        "forgotten": {"source": "label", "text": "Nobody says this."},
    },
}
PAGE = "---\nid: first\ntitle: First\norder: 1\n---\n\nBy vein.[^written]\n"
LINES = "[{text: Fever., evidence: [carded]}]"
CARD = f"{{id: quill, title: Quill, order: 1, treated_with: I get quill., think_of: {LINES}, do: {LINES}}}"


def unused(sort: str, findings: list[Finding]) -> list[str]:
    return [one.where.split("`")[1] for one in findings if one.kind == "unused" and f" {sort} `" in one.where]


def test_a_claim_that_only_a_page_or_a_card_rests_on_is_used(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path / "small", facts={"sick": {"title": "sick", "type": "boolean"}}, evidence=EVIDENCE
    )
    for name, text in {"articles/01-first.md": PAGE, "cards/quill.yaml": CARD}.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    pack = load_pack(folder)
    section = nothing_left_over(Ground(pack), (), read_library(pack, folder))
    assert unused("claim", section.findings) == ["forgotten"]
    assert unused("claim", nothing_left_over(Ground(pack), ()).findings) == [*EVIDENCE["claims"]]


def test_a_fact_that_a_board_is_shown_is_used() -> None:
    facts: dict[str, Any] = {name: {"type": "boolean"} for name in ("ash", "soot", "glow", "cough", "idle")}
    board = {"markers": ["ash"], "other_markers": ["soot"], "sites": ["glow"], "findings": ["cough"]}
    section = nothing_left_over(Ground(small_pack(facts, about={"board": board})), ())
    assert unused("fact", section.findings) == ["idle"]
