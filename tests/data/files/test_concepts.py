"""Labels in files become the sets they say, in either form; everything else is refused in one line."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.data.files import read_concepts
from saelib.errors import InputError
from saelib.sets import ConceptSet


def put(folder: Path, content: str | bytes, name: str = "labels.csv") -> Path:
    place = folder / name
    place.write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def same(found: ConceptSet, wanted: ConceptSet) -> None:
    assert found.names == wanted.names
    np.testing.assert_array_equal(found.membership.toarray(), wanted.membership.toarray())
    np.testing.assert_array_equal(found.parents, wanted.parents)


# Every row and column has a one, so that no concept is empty.
TABLES = st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=1, max_size=12).map(
    lambda rows: np.array([[True] * 3, *rows])
)


@given(table=TABLES, form=st.sampled_from(["01", "TF", "1.0", "mixed", "parquet", "long", "numbered"]))
@settings(max_examples=60, deadline=None)
def test_all_forms_give_the_same_concepts(
    table: np.ndarray, form: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("t") / ("labels.parquet" if form == "parquet" else "labels.csv")
    frame = pd.DataFrame(table, columns=["a", "b c", "é"])
    if form == "01":
        frame.astype(int).to_csv(place, index=False)
    elif form == "TF":
        frame.to_csv(place, index=False, encoding="utf-8-sig")  # with a byte-order mark
    elif form == "1.0":
        frame.astype(float).to_csv(place, index=False)
    elif form == "mixed":
        frame.replace({True: " true", False: "0"}).to_csv(place, index=False, lineterminator="\r\n")
    elif form == "parquet":
        frame.to_parquet(place)
    elif form == "numbered":
        frame.astype(int).assign(point=np.arange(len(frame))).iloc[::-1].to_csv(place, index=False)
    else:
        concept, point = np.nonzero(table.T)
        long = pd.DataFrame({"point": point, "concept": frame.columns[concept]})
        long.to_csv(place, index=False)
    same(read_concepts(place, len(table)), ConceptSet(table, ["a", "b c", "é"]))


def test_other_columns_are_one_concept_a_value_as_in_from_labels(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "even": [True, False, True, False],
            "size": list("mslm"),
            "digit": [2, 11, 4, 0],
            "code": list("0120"),
        }
    )
    frame.to_csv(tmp_path / "l.csv", index=False)
    frame.to_parquet(tmp_path / "l.parquet")
    wanted = ConceptSet.from_labels(frame.astype({"digit": int}), parents={"digit=2": "even"})
    for name in ("l.csv", "l.parquet"):
        same(read_concepts(tmp_path / name, 4, parents={"digit=2": "even"}), wanted)


def test_a_column_that_turns_out_to_be_more_than_yes_and_no_is_one_of_values(tmp_path: Path) -> None:
    rows = ["0", "1"] * 200 + ["2"]
    found = read_concepts(put(tmp_path, "x,y\n" + "".join(f"{r},1\n" for r in rows)))
    assert found.names == ("x=0", "x=1", "x=2", "y")
    assert found.sizes.tolist() == [200, 200, 1, 401]


def test_parents_come_from_a_column_a_file_or_a_mapping(tmp_path: Path) -> None:
    wide = put(tmp_path, "animal,dog,plant\n1,1,0\n1,0,0\n0,0,1\n")
    long = put(
        tmp_path,
        "point,concept,parent\n0,animal,\n1,animal,\n0,dog,animal\n2,plant,\n",
        "long.csv",
    )
    parents = put(tmp_path, "concept,parent\ndog,animal\nplant,\n", "parents.csv")
    wanted = ConceptSet([[1, 1, 0], [1, 0, 0], [0, 0, 1]], ["animal", "dog", "plant"], [None, "animal", None])
    same(read_concepts(wide, 3, parents), wanted)
    same(read_concepts(wide, 3, {"dog": "animal"}), wanted)
    same(read_concepts(long, 3), wanted)
    with pytest.raises(InputError, match=r"parents are given, and .*long\.csv has some too"):
        read_concepts(long, 3, parents)


def test_empty_concepts_are_dropped_on_request_and_their_children_rise(tmp_path: Path) -> None:
    place = put(tmp_path, "animal,dog,unicorn\n1,1,0\n1,0,0\n")
    parents = {"dog": "animal", "unicorn": "animal", "yeti": "animal"}
    with pytest.raises(InputError, match=r"has 1 concept without a point \('unicorn'\)"):
        read_concepts(place, 2)
    found = read_concepts(place, 2, parents, drop_empty=True)
    same(found, ConceptSet([[1, 1], [1, 0]], ["animal", "dog"], [None, "animal"]))


REFUSED = {
    "shorter": ("a\n1\n1\n", "has 2 rows: give 3, one a point"),
    "longer": ("a\n1\n1\n1\n1\n", "has more than 3 rows: give 3"),
    "longer, values": ("a\nx\ny\nz\nx\n", "has more than 3 rows: give 3"),
    "no rows": ("a,b\n", "has 0 rows"),
    "no header": ("\n1\n", "has no header"),
    "nameless": (",a\n0,1\n1,1\n2,0\n", r"has no name for column 0: .*to_csv\(index=False\)"),
    "two of a name": ("a, a\n1,1\n1,1\n1,0\n", "has two columns named 'a'"),
    "two of a name by value": ("a=x,a\n1,x\n1,x\n1,y\n", "has the concept 'a=x' twice"),
    "empty concept": ("a,b\n1,0\n1,0\n1,0\n", r"has 1 concept without a point \('b'\)"),
    "gap": ("a,b\n1,0\n1,\n1,0\n", "has no value in column 'b' at row 1"),
    "gap in one column": ("a\n1\n\n0\n", "has no value in column 'a' at row 1"),
    "not available": ("a,b\n1,0\n1,NA\n1,0\n", "has no value in column 'b' at row 1"),
    "ragged": ("a,b\n1,0\n1\n1,0\n", "cannot be read .*Expected 2 columns, got 1"),
    "semicolons": ("a;b\n1;0\n1;1\n1;0\n", "parted by semicolons or tabs: part them by commas"),
    "latin": ("a,ü\n1,1\n1,1\n1,1\n".encode("latin-1"), r"is not UTF-8 at byte 2 \(0xfc\): .*-f LATIN1"),
    "utf-16": ("a,b\n1,1\n".encode("utf-16"), r"is not UTF-8 at byte 0 .*iconv -f UTF-16"),
    "cut character": ("a,b\n1,é".encode()[:-1], "is not UTF-8 at byte 6"),
    "zero byte": ("a\n1\n\0\n", "has a zero byte at 4"),
    "pickle": (pickle.dumps({"a": [1]}), "is a pickle, which can run any code"),
    "zip": (b"PK\x03\x04", "is a zip archive"),
    "gzip": (b"\x1f\x8b\x08", "is compressed with gzip"),
    "parquet": (b"PAR1", "is a .parquet file under the name of a .csv file"),
    "empty": (b"", "is empty"),
    "point out of range": ("point,concept\n0,a\n3,a\n", "has point 3 in row 1, out of range: .* last is 2"),
    "point below": ("point,concept\n-1,a\n", "has point -1 in row 0"),
    "point no number": ("point,concept\nx,a\n", "cannot be read"),
    "point missing": ("point,concept\n,a\n", "has no point in row 0"),
    "concept missing": ("point,concept\n0,a\n1,\n", "has no concept in row 1"),
    "pair twice": ("point,concept\n0,a\n1,a\n0,a\n", "has point 0 with 'a' in rows 0 and 2"),
    "long and wide": ("point,concept,b\n0,a,1\n", "has the columns point and concept, and 'b' besides"),
    "two parents": (
        "point,concept,parent\n0,a,\n1,a,\n0,b,a\n1,b,\n",
        r"has the parents None and 'a' for 'b' \(row 2\)",
    ),
    "parent unknown": ("point,concept,parent\n0,a,z\n", "has 'z' as a parent of 'a', but no label is"),
    "not nested": ("point,concept,parent\n0,a,\n1,b,a\n", "has point 1 in 'b' but not in its parent 'a'"),
    "circle": ("point,concept,parent\n0,a,b\n0,b,a\n", "run in a circle: a -> b -> a"),
    "numbered twice": ("point,a\n0,1\n1,1\n1,0\n", "has point 1 in rows 1 and 2"),
    "numbered out of range": ("point,a\n0,1\n1,1\n3,0\n", "has point 3 in row 2, out of range"),
    "points only": ("point\n0\n1\n2\n", "has points but no concepts"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_table_of_concepts_is_refused_in_one_line(case: str, tmp_path: Path) -> None:
    content, message = REFUSED[case]
    with pytest.raises(InputError, match=message) as refused:
        read_concepts(put(tmp_path, content), 3)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("parents", "message"),
    [
        ({"cat": "a"}, "has 'cat' as a child, but no label is called so"),
        ({"b": "cat"}, "has 'cat' as a parent of 'b'"),
        ({"a": "b"}, "has point 1 in 'a' but not in its parent 'b'"),
        ({"a": 1}, r"has \('a', 1\)"),
        (3, "is a int: give a mapping or a file"),
        ("concept,up\nb,a\n", "has the columns concept, up: give the columns concept and parent"),
        ("concept,parent\nb,a\nb,a\n", "has 'b' twice, again in row 1"),
        ("concept,parent\n,a\n", "has no concept in row 0"),
    ],
)
def test_parents_that_do_not_fit_are_refused(parents: object, message: str, tmp_path: Path) -> None:
    if isinstance(parents, str):
        parents = put(tmp_path, parents, "parents.csv")
    with pytest.raises(InputError, match=message):
        read_concepts(put(tmp_path, "a,b\n1,1\n1,0\n"), 2, parents)  # type: ignore[arg-type]


def test_a_hole_of_ten_gigabytes_ends_the_reading_where_it_begins(tmp_path: Path) -> None:
    place = put(tmp_path, "a,b\n1,0\n0,1\n")
    with place.open("r+b") as stream:
        stream.truncate(10_000_000_000)
    with pytest.raises(InputError, match="has a zero byte at 12: it is no text"):
        read_concepts(place, 2)


def test_a_column_of_measurements_is_no_label(tmp_path: Path) -> None:
    place = put(tmp_path, "x\n" + "".join(f"0.{i}1\n" for i in range(10_002)))
    with pytest.raises(InputError, match="more than 10,000 values in column 'x'"):
        read_concepts(place)


def test_other_kinds_and_numbers_of_points_are_refused(tmp_path: Path) -> None:
    for call, message in [
        (lambda: read_concepts(put(tmp_path, "a", "labels.xlsx")), "is no .csv or .parquet file by its name"),
        (lambda: read_concepts(tmp_path / "none.csv"), "does not exist"),
        (lambda: read_concepts(tmp_path), "is no regular file"),
        (lambda: read_concepts(put(tmp_path, "a\n1\n"), 0), "n_points is 0"),
        (lambda: read_concepts(put(tmp_path, b"PAR1xxxxPAR1", "labels.parquet")), "no whole .parquet file"),
    ]:
        with pytest.raises(InputError, match=message):
            call()
