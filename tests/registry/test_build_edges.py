"""The edges of a build: its progress, a full disk, two at once, slice files, chunks, and what it prints."""

from __future__ import annotations

import errno
import fcntl
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from registries import AS_OF, albumin, built, lines, patient

from sapwood.cli import main
from sapwood.errors import SapwoodError
from sapwood.registry import sources, worker
from sapwood.registry.pieces import Piece
from sapwood.registry.progress import Progress
from sapwood.registry.slices import bucket_of, read_at, read_bucket, size_of_bucket, write_slice
from sapwood.registry.sources import Source, cut, texts_of

# --- slices and chunks ---------------------------------------------------------------------------------


@given(
    st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=30), st.booleans()), max_size=40),
    st.integers(1, 9),
)
def test_every_piece_is_in_its_bucket_in_order(
    tmp_path_factory: pytest.TempPathFactory, given: list[tuple[str, bytes, bool]], buckets: int
) -> None:
    """Nothing lost, nothing twice; each where its key says, and where its span says."""
    path = tmp_path_factory.mktemp("slices") / "a.slice"
    pieces = [(place, Piece(data, key, patient=who)) for place, (key, data, who) in enumerate(given)]
    spans = write_slice(pieces, buckets, path)
    assert [read_at(path, *span) for span in spans] == [piece.data for _, piece in pieces]
    found = []
    for bucket in range(buckets):
        kept = list(read_bucket(path, bucket))
        assert all(bucket_of(one.key, buckets) == bucket for one in kept)
        assert [(one.key, one.place) for one in kept] == sorted((one.key, one.place) for one in kept)
        assert (size_of_bucket(path, bucket) == 0) is (not kept)
        some = {one.key for one in kept[::2]}
        assert list(read_bucket(path, bucket, some)) == [one for one in kept if one.key in some]
        found += kept
    assert sorted((one.place, one.key, one.data, one.patient) for one in found) == [
        (place, key, data, who) for place, (key, data, who) in enumerate(given)
    ]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=30), st.integers(5, 80))
def test_every_line_is_in_one_chunk(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], size: int
) -> None:
    """Wherever the cuts fall: a line belongs to the chunk in which it begins."""
    path = tmp_path_factory.mktemp("chunks") / "a.ndjson"
    written = [f"{number:03}".ljust(length, "x") for number, length in enumerate(lengths)]
    path.write_text("\n".join(written))
    source = Source(str(path), "a.ndjson", "", path.stat().st_size)
    before = sources.CHUNK
    sources.CHUNK = size
    try:
        found = [text for units in cut([source], 0) for unit in units for text in texts_of(source, unit)]
    finally:
        sources.CHUNK = before
    assert [text.data.decode() for text in found] == written
    assert [text.place for text in found] == sorted(text.place for text in found)


# --- when something is in the way ---------------------------------------------------------------------------


def test_a_full_disk_is_one_clear_problem_and_a_second_try_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = lines(tmp_path / "a.ndjson", patient("p1"), albumin("p1"))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(worker, "write_part", full)
        with pytest.raises(SapwoodError) as error:
            built(tmp_path / "out", source)
    assert "no space left" in str(error.value) and "what is done is kept" in str(error.value)
    assert built(tmp_path / "out", source).manifest.counts["people"] == 1


def test_two_builds_in_one_folder_are_refused(tmp_path: Path) -> None:
    source = lines(tmp_path / "a.ndjson", patient("p1"))
    built(tmp_path / "out", source)
    with (tmp_path / "out" / "progress" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(SapwoodError) as error:
            built(tmp_path / "out", source)
    assert "another build is at work here" in str(error.value)


def test_the_sources_are_wanted_again_where_taking_in_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = lines(tmp_path / "a.ndjson", patient("p1"))
    second = lines(tmp_path / "b.ndjson", patient("p2"))
    built(tmp_path / "out", first)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("sapwood.registry.build.take_in", stop)
        with pytest.raises(KeyboardInterrupt):
            built(tmp_path / "out", second)
    with pytest.raises(SapwoodError) as error:
        built(tmp_path / "out", first)
    assert "b.ndjson" in str(error.value) and "Name the same sources again" in str(error.value)
    assert built(tmp_path / "out", first, second).manifest.counts["people"] == 2


# --- what is said -------------------------------------------------------------------------------------------


def test_progress_says_rate_and_time_left() -> None:
    progress = Progress(io.StringIO())
    progress.stage("Extracting", 400, "parts")
    progress.add(100)
    assert progress.line(50.0) == "Extracting   [######                  ]  25%  2.0 parts/s, 2:30 left"
    progress.stage("Looking", 2_000_000, "bytes")
    progress.add(2_000_000)
    assert progress.line(1.0).endswith("100%  2.0 MB/s")


def test_nobody_watching_sees_no_bar() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.stage("Looking", 10, "bytes")
    progress.add(10)
    progress.close()
    assert stream.getvalue() == ""


def test_the_command_says_what_went_in_and_what_did_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    lines(
        folder / "a.ndjson",
        patient("p1"),
        albumin("p1"),
        "no JSON",
        {"resourceType": "Organization", "id": "o"},
    )
    (folder / "readme.txt").write_text("about")
    given = ["registry", "build", str(folder), "--out", str(tmp_path / "out"), "--as-of", AS_OF]
    assert main(given) == 0
    said = capsys.readouterr().out
    for words in (
        "1 people as of 2026-06-01, pack bpdcn",
        "1 file is of another kind",
        "Not readable: 1 entries",
        "About no patient, and left out: 1 Organization.",
    ):
        assert words in said
    assert main(given[:-2]) == 0, "without a moment, that of the registry"
    assert "Nothing is new." in capsys.readouterr().out


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01"])
def test_a_moment_that_does_not_exist_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], moment: str
) -> None:
    source = lines(tmp_path / "a.ndjson", patient("p1"))
    assert main(["registry", "build", str(source), "--out", str(tmp_path / "out"), "--as-of", moment]) == 2
    assert "not a day or an instant that exists" in capsys.readouterr().err
    assert main(["registry", "build", "--out", str(tmp_path / "out")]) == 2
    assert "no source is named" in capsys.readouterr().err
