"""Points in files come out as they went in, and what is no file of points is refused before it is read."""

from __future__ import annotations

import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from saelib.data.files import open_points
from saelib.errors import InputError

RNG = np.random.default_rng(0)
VALUES = RNG.standard_normal((23, 5)).astype(np.float32)


def write(kind: str, folder: Path, values: np.ndarray = VALUES) -> Path:
    """The same matrix in one of the forms."""
    if kind == "shards":
        place = folder / "shards"
        place.mkdir()
        for number, part in zip((1, 2, 10), np.split(values, [4, 11]), strict=True):
            np.save(place / f"part_{number}.npy", part)
        (place / "README.md").write_text("beside them")
        return place
    place = folder / f"points.{kind.split()[0]}"
    if kind.startswith("npy"):
        np.save(place, np.asfortranarray(values) if "fortran" in kind else values)
    elif kind.startswith("safetensors"):
        save_file({"bias": values[0], "points": values}, place)
    elif "list" in kind:
        pd.DataFrame({"x": list(values)}).to_parquet(place, row_group_size=6)
    else:
        frame = pd.DataFrame(values, columns=[f"d{i}" for i in range(values.shape[1])])
        frame.to_parquet(place, row_group_size=6)
    return place


KINDS = ["npy", "npy fortran", "safetensors", "parquet", "parquet list", "shards"]


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_rows_and_picks_are_those_of_the_matrix(
    kind: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    points = open_points(write(kind, tmp_path_factory.mktemp("p")))
    assert points.shape == VALUES.shape
    assert len(points) == 23
    for _ in range(4):
        start = data.draw(st.integers(0, 23))
        stop = data.draw(st.integers(start, 23))
        np.testing.assert_array_equal(points.rows(start, stop), VALUES[start:stop])
        chosen = data.draw(st.lists(st.integers(0, 22), max_size=30))
        np.testing.assert_array_equal(points.take(chosen), VALUES[chosen])
    size = data.draw(st.integers(1, 30))
    np.testing.assert_array_equal(np.concatenate(list(points.chunks(size))), VALUES)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
def test_every_float_comes_out_as_float32(dtype: str, tmp_path: Path) -> None:
    points = open_points(write("npy", tmp_path, VALUES.astype(dtype)))
    assert points.dtype == np.dtype(dtype).newbyteorder("=").name
    found = points.rows(0, 23)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, VALUES.astype(dtype).astype(np.float32))


def test_bfloat16_is_read_as_torch_wrote_it(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file as save_tensors

    tensor = torch.from_numpy(VALUES).bfloat16()
    save_tensors({"points": tensor}, tmp_path / "p.safetensors")
    points = open_points(tmp_path / "p.safetensors")
    assert points.dtype == "bfloat16"
    np.testing.assert_array_equal(points.take([22, 3]), tensor.float().numpy()[[22, 3]])


def test_a_matrix_is_chosen_by_its_name(tmp_path: Path) -> None:
    save_file({"a": VALUES, "b": VALUES + 1}, tmp_path / "p.safetensors")
    np.testing.assert_array_equal(open_points(tmp_path / "p.safetensors", tensor="b").rows(0, 23), VALUES + 1)
    with pytest.raises(InputError, match=r"holds 2 matrices of floats \('a', 'b'\): say which with tensor="):
        open_points(tmp_path / "p.safetensors")
    with pytest.raises(InputError, match="'c' is no matrix of floats"):
        open_points(tmp_path / "p.safetensors", tensor="c")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_the_first_number_that_is_not_finite_is_named_when_it_is_read(
    kind: str, bad: float, tmp_path: Path
) -> None:
    values = VALUES.copy()
    values[13, 2] = values[20, 0] = bad
    points = open_points(write(kind, tmp_path, values))
    np.testing.assert_array_equal(points.rows(0, 13), values[:13])
    with pytest.raises(InputError, match=r"points holds -?(nan|inf) in row 13, column 2"):
        points.rows(10, 23)
    with pytest.raises(InputError, match="in row 20, column 0"):
        points.take([1, 20])
    np.testing.assert_array_equal(points.rows(2, 9), values[2:9])  # and it can be read on


def test_what_float32_cannot_hold_is_refused(tmp_path: Path) -> None:
    values = VALUES.astype(np.float64)
    values[3, 1] = 1e300
    with pytest.raises(InputError, match=r"holds 1e\+300 in row 3, column 1"):
        open_points(write("npy", tmp_path, values)).rows(0, 23)


class Bomb:
    def __reduce__(self) -> tuple:
        return (Path.touch, (Path("bomb_went_off"),))


def header(entries: dict, data: bytes = b"") -> bytes:
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text)) + text + data


BAD = {
    "objects.npy": (None, "a pickle"),
    "bomb.npy": (
        pickle.dumps(Bomb()),
        "is a pickle, which can run any code .* the name of a .npy file",
    ),
    "zip.npy": (b"PK\x03\x04rest", "is a zip archive"),
    "text.npy": (b"1,2\n", "does not begin like a .npy file"),
    "empty.npy": (b"", "is empty"),
    "points.pt": (b"x", "is no .npy or .safetensors or .parquet file by its name"),
    "cut.npy": (b"\x93NUMPY\x01\x00", "is no whole .npy file"),
    "long.safetensors": (struct.pack("<Q", 10**15) + b"{}", "header of 1000000000000000 bytes"),
    "nojson.safetensors": (struct.pack("<Q", 2) + b"{]", "its header is not JSON"),
    "list.safetensors": (header([]), "its header is no JSON object"),  # type: ignore[arg-type]
    "beyond.safetensors": (
        header({"x": {"dtype": "F32", "shape": [1 << 30, 4], "data_offsets": [0, 1 << 34]}}),
        "but its header describes 17,179,869",
    ),
    "lies.safetensors": (
        header({"x": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 8]}}, bytes(8)),
        "the entry of tensor 'x' makes no sense",
    ),
    "overlap.safetensors": (
        header(
            {n: {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]} for n in "xy"},
            bytes(8),
        ),
        "tensor 'y' begins at 0, not 8",
    ),
    "negative.safetensors": (
        header({"x": {"dtype": "F32", "shape": [-1, -2], "data_offsets": [0, 8]}}, bytes(8)),
        "the entry of tensor 'x' makes no sense",
    ),
    "none.safetensors": (header({}), "holds 0 matrices of floats"),
    "nothing.parquet": (b"PAR1PAR1", "is no whole .parquet file"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_file_of_points_is_refused_in_one_line_and_not_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    content, message = BAD[name]
    if content is None:
        np.save(name, np.array([[Bomb()]], dtype=object), allow_pickle=True)
    else:
        Path(name).write_bytes(content)
    with pytest.raises(InputError, match=message) as refused:
        open_points(name)
    assert "\n" not in str(refused.value)
    assert not Path("bomb_went_off").exists()


def test_a_file_of_another_size_than_its_header_says_is_refused_unread(tmp_path: Path) -> None:
    place = write("npy", tmp_path)
    with place.open("r+b") as stream:
        stream.truncate(10_000_000_000)  # a sparse file: it has this size and takes no room
    with pytest.raises(InputError, match="has 10,000,000,000 bytes but its header describes 588"):
        open_points(place)
    with place.open("r+b") as stream:
        stream.truncate(500)
    with pytest.raises(InputError, match="has 500 bytes but its header describes 588"):
        open_points(place)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros(3, np.float32), r"has shape \(3,\)"),
        (np.zeros((2, 3, 4), np.float32), r"reshape\(-1, d_in\)"),
        (np.zeros((0, 3), np.float32), "at least one point"),
        (np.zeros((2, 3), np.int64), "holds int64: save it as float16"),
        (np.zeros((2, 3), np.complex64), "holds complex64"),
    ],
)
def test_a_file_without_a_matrix_of_floats_is_refused(
    values: np.ndarray, message: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=message):
        open_points(write("npy", tmp_path, values))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [1.0], "b": ["x"]}), "column 'b' of type"),
        (pd.DataFrame({"a": [True]}), "column 'a' of type bool"),
        (pd.DataFrame({"a": []}, dtype=float), "has 0 rows"),
        (pd.DataFrame({"a": [[1.0, 2.0], [1.0]]}), "lists of different lengths"),
        (pd.DataFrame({"a": pd.array([1.0, None], dtype="Float64")}), "holds nan in row 1, column 0"),
    ],
)
def test_a_table_that_is_no_matrix_is_refused(frame: pd.DataFrame, message: str, tmp_path: Path) -> None:
    frame.to_parquet(tmp_path / "p.parquet")
    with pytest.raises(InputError, match=message):
        open_points(tmp_path / "p.parquet").rows(0, len(frame))


def test_shards_must_go_together(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no \.npy, \.safetensors or \.parquet file"):
        open_points(tmp_path)
    np.save(tmp_path / "a.npy", VALUES)
    np.save(tmp_path / "b.npy", VALUES[:, :2])
    with pytest.raises(InputError, match=r"has 2 columns in .*b\.npy, 5 in .*a\.npy"):
        open_points(tmp_path)
    save_file({"x": VALUES}, tmp_path / "c.safetensors")
    with pytest.raises(InputError, match=r"has files of 2 kinds \(.npy, .safetensors\)"):
        open_points(tmp_path)


def test_points_that_are_not_there_are_refused(tmp_path: Path) -> None:
    points = open_points(write("npy", tmp_path))
    for call, message in [
        (lambda: points.rows(3, 24), "gives the rows 3 to 24 of 23"),
        (lambda: points.rows(-1, 2), "rows -1 to 2"),
        (lambda: points.rows(0.0, 2), "start is 0.0"),  # type: ignore[arg-type]
        (lambda: points.take([0, 23]), "indices has 23 at 1"),
        (lambda: points.take([-1]), "indices has -1 at 0"),
        (lambda: points.take([0.5]), "give a list of integers"),
        (lambda: list(points.chunks(0)), "size is 0"),
        (lambda: open_points(tmp_path / "points.npy", tensor="x"), "only .safetensors has names"),
    ]:
        with pytest.raises(InputError, match=message):
            call()
