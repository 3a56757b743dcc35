from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from saelib import InputError
from saelib.study import files, frames, tables
from saelib.study.lock import held


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "a"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(InputError, match=r"cannot be written \(No space left on device\)"):
        files.write_bytes(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert target.read_text() == "old"


def test_json_with_nan_is_refused_and_not_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        files.write_json(tmp_path / "a.json", {"x": math.nan})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["/dev/null/a/b", "/proc/nothing"])
def test_an_unwritable_folder_is_named_with_its_option(folder: str) -> None:
    with pytest.raises(InputError, match=f"--root {folder} cannot be written .*: choose a folder"):
        files.require_writable(Path(folder), "--root")


def test_trying_a_writable_folder_leaves_nothing_in_it(tmp_path: Path) -> None:
    files.require_writable(tmp_path / "new" / "deep", "--root")
    assert list((tmp_path / "new" / "deep").iterdir()) == []


def test_an_unchanged_copy_keeps_its_time(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    files.copy(tmp_path / "a", tmp_path / "b")
    before = (tmp_path / "b").stat().st_mtime_ns
    assert files.copy(tmp_path / "a", tmp_path / "b") is False
    assert (tmp_path / "b").stat().st_mtime_ns == before


def test_an_archive_gives_back_its_frames_and_the_same_bytes(tmp_path: Path) -> None:
    content = {"b": pd.DataFrame({"x": [1.5, None]}), "a": pd.DataFrame({"y": ["u", "v"]}, index=[3, 4])}
    frames.write_archive(tmp_path / "1.zip", content)
    frames.write_archive(tmp_path / "2.zip", dict(reversed(content.items())))
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    back = frames.read_archive(tmp_path / "1.zip")
    pd.testing.assert_frame_equal(back["b"], content["b"])
    assert back["a"]["y"].tolist() == ["u", "v"]


@pytest.mark.parametrize(
    "frame", [[1], pd.DataFrame({"x": [1, "a"]}), pd.DataFrame([[1, 2]], columns=["x", "x"])]
)
def test_what_is_no_tidy_table_is_refused(tmp_path: Path, frame: object) -> None:
    with pytest.raises(InputError, match="frame"):
        frames.write_table(tmp_path / "t.parquet", frame)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_table_names_the_known_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAELIB_RESULTS", str(tmp_path))
    frames.write_table(tmp_path / "sizes.parquet", pd.DataFrame({"x": [1]}))
    assert tables.table("sizes")["x"].tolist() == [1]
    with pytest.raises(InputError, match=r"name 'sises' is not among the results \(sizes\)"):
        tables.table("sises")
    (tmp_path / "sizes.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"sizes\.parquet cannot be read"):
        tables.table("sizes")


def test_a_folder_is_free_again_when_its_holder_ends(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(InputError, match="in use by the run with process id"), held(tmp_path):
        pass
    with held(tmp_path):
        pass
