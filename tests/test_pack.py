"""A pack is refused as a whole, with every problem named and a remedy for each."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from small_packs import ABOUT, LANTERN, folder_of, lantern

from sapwood.errors import PackError
from sapwood.pack import known_packs, load_pack

FACTS: dict[str, Any] = {
    "lux": {"title": "lux", "type": "quantity", "unit": "g/dL"},
    "glow": {"title": "glow", "type": "boolean"},
    "wish": {"title": "wish", "type": "code", "values": {"rest": {"words": ["rest"]}}},
    "ember": {"title": "ember", "type": "boolean", "per": "specimen"},
    "day": {"title": "day", "type": "instant"},
}


def faults(folder: Path, **files: Any) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(folder_of(folder, **{"facts": FACTS, **files}))
    for problem in caught.value.problems:
        assert problem.where and problem.what and problem.remedy
    return str(caught.value)


def fact(**more: Any) -> dict[str, Any]:
    return {"facts": {**FACTS, "x": {"title": "x", "type": "boolean", **more}}}


def criterion(sentence: str, **more: Any) -> dict[str, Any]:
    return {"criteria": {"c": {"is": sentence, "means": "c", **more}}}


def test_an_unknown_key_is_refused(tmp_path: Path) -> None:
    said = faults(tmp_path, **fact(clozed_world={"covered_by": "glow"}))
    assert "facts.yaml, `x`" in said
    assert "clozed_world" in said
    assert "Did you mean `closed_world`?" in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"about": {"titel": "x"}}, "Did you mean `title`?"),
        (criterion("lux > 3", meens="x"), "Did you mean `means`?"),
        ({"pathway": {"steps": [], "stepz": []}}, "Did you mean `steps`?"),
        (
            {"pathway": {"steps": [{"id": "a", "title": "a", "opens": "glow", "close": "glow"}]}},
            "Did you mean `closes`?",
        ),
        (fact(find=[{"in": "Observation", "codez": {}}]), "Did you mean `codes`?"),
        (fact(type="bolean"), "bolean"),
        (fact(which="newest"), "newest"),
        ({"facts": {"Bad Id": {"title": "x", "type": "boolean"}}}, "not a usable id"),
        ({"facts": {"a__b": {"title": "x", "type": "boolean"}}}, "not a usable id"),
        ({"facts": []}, "holds no entries"),
        (fact(type="code"), "a code without `values`"),
        (
            fact(find=[{"in": "Observation", "codes": {"lba": ["1"]}}]),
            "unknown code system `lba`. Did you mean `lab`?",
        ),
        (fact(before="dya"), "unknown fact `dya`. Did you mean `day`?"),
        (fact(closed_world={"covered_by": "glwo"}), "unknown fact `glwo`. Did you mean `glow`?"),
        (fact(evidence=["nowhere"]), "unknown evidence `nowhere`"),
        (fact(derived="lxu > 3"), "Did you mean `lux`?"),
        (fact(derived="lux + 1"), "facts.yaml, `x`"),
        (criterion("lux"), "criteria.yaml, `c`"),
        (criterion("glow = TRUE"), "criteria.yaml, `c`"),
        (criterion("wish = 'money'"), "criteria.yaml, `c`"),
        (criterion("glow IS NULL"), "criteria.yaml, `c`"),
        (criterion("glow AND"), "criteria.yaml, `c`"),
        (criterion("ember"), "`ember` is found per specimen"),
        ({"criteria": {"glow": {"is": "lux > 3", "means": "x"}}}, "a fact has this id too"),
        (criterion("c OR glow"), "rests on itself: c -> c"),
        ({"pathway": {"steps": [{"id": "a", "title": "a", "opens": "glwo"}]}}, "Did you mean `glow`?"),
        (
            {
                "pathway": {"steps": [], "options": [{"id": "o", "title": "o", "regimen": "qill"}]},
                "regimens": {"quill": {}},
            },
            "unknown regimen `qill`. Did you mean `quill`?",
        ),
        (
            {"pathway": {"steps": [], "options": [{"id": "o", "title": "o", "steps": ["nowhere"]}]}},
            "unknown step `nowhere`",
        ),
        ({"regimens": {"quill": {"id": "qill"}}}, "the id is `qill`"),
        ({"evidence": {"sources": {}, "claims": {"a": {"source": "b", "text": "t"}}}}, "unknown source `b`"),
        (fact(within="7 days"), "`within` is no length of time"),
        (
            fact(ask={"text": "Is it?", "patient": "Can you take a photograph of the report?"}),
            "`patient` is a request, and its yes would become the fact's value",
        ),
        (fact(holds="soon"), "`holds` is no length of time"),
        (fact(after="lux"), "`after` names a fact that is no instant"),
        (
            fact(type="score", closed_world={"covered_by": "glow"}),
            "`closed_world` on a fact that is not yes or no",
        ),
        (fact(type="quantity", plausible=[5]), "`plausible` is not a low and a high limit"),
        (fact(type="quantity", plausible=[5, 1]), "`plausible` is not a low and a high limit"),
        (fact(from_record="birthday"), "`from_record` names nothing a record gives"),
        (fact(from_lines="cycles"), "`from_lines` names nothing that lines give"),
        ({"pathway": {"steps": [], "options": [{"id": "o", "title": "o"}] * 2}}, "2 options have this id"),
        ({"regimens": {"quill": {"holds": ["nothing"]}}}, "unknown alert `nothing`"),
        ({"facts": "lux: [unclosed"}, "not valid YAML"),
        ({"facts": "lux: {}\nlux: {}\n"}, "the key `lux` is given twice"),
    ],
)
def test_a_bad_pack_is_refused_where_it_is_bad(tmp_path: Path, files: dict[str, Any], said: str) -> None:
    assert said in faults(tmp_path, **files)


def test_every_problem_is_collected(tmp_path: Path) -> None:
    criteria = {
        "a": {"is": "lxu > 3", "means": "a"},
        "b": {"is": "glow AND wish = 'money'", "means": "b"},
        "c": {"is": "ember", "means": "c", "evidence": ["nowhere"]},
    }
    said = faults(tmp_path, criteria=criteria)
    for place in ("`a`", "`b`", "`c`"):
        assert place in said
    keys = faults(tmp_path, **{"about": {"titel": "x"}, **fact(wich="any")})
    assert "titel" in keys
    assert "wich" in keys


def test_a_missing_pack_is_said(tmp_path: Path) -> None:
    for name, said in (
        ("bpdnc", "Did you mean `bpdcn`?"),
        (str(tmp_path), "Known packs: bpdcn"),
        ("../etc", "--pack"),
    ):
        with pytest.raises(PackError) as caught:
            load_pack(name)
        assert said in str(caught.value)
    assert known_packs() == ["bpdcn", "hairy_cell"]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    shutil.copytree(LANTERN, tmp_path / "lantern")
    (tmp_path / "lantern" / "facts.yaml").unlink()
    with pytest.raises(PackError, match=r"facts\.yaml: the file is missing"):
        load_pack(tmp_path / "lantern")


def test_a_cached_pack_is_the_same_and_follows_its_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAPWOOD_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "lantern"
    shutil.copytree(LANTERN, folder)
    first, again = load_pack(folder), load_pack(folder)
    assert again is not first
    assert (again.hash, again.sentences, again.facts) == (first.hash, first.sentences, first.facts)
    criteria = folder / "criteria.yaml"
    criteria.write_text(criteria.read_text().replace("lux >= 3.2", "lux >= 3.3"))
    assert load_pack(folder).hash != first.hash
    for kept in (tmp_path / "cache").iterdir():
        kept.write_bytes(b"broken")
    assert load_pack(folder).criteria["lux_enough"].is_ == "lux >= 3.3"


def test_what_rests_on_what() -> None:
    pack = lantern()
    assert set(pack.base_facts["quill_may_start"]) == {"lux", "wick", "fog", "with_child"}
    assert "quill_may_start" in pack.dependents["lux"]
    assert pack.reviewed
    assert not lantern(reviewed=False).reviewed
    assert ABOUT
