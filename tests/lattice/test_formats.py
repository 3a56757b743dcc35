"""Contexts written to files come back as they were, and a file that holds no context says where."""

import csv
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from saelib import InputError
from saelib.lattice import (
    Context,
    read_csv,
    read_cxt,
    read_fimi,
    read_json,
    write_csv,
    write_cxt,
    write_fimi,
    write_json,
)

FORMATS = {"cxt": (read_cxt, write_cxt), "csv": (read_csv, write_csv), "json": (read_json, write_json)}
WRITERS = [write_cxt, write_csv, write_json, write_fimi]
READERS = [read_cxt, read_csv, read_json, read_fimi]


def is_one_line(name):
    return not name or name.splitlines() == [name]


# Half a surrogate pair is a string to Python and nothing that a file can hold.
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).filter(is_one_line)
AWKWARD = st.sampled_from(
    ["", " ", "B", "X", "..", '"', "a,b", '","', "0", "#", "\t", "\x00", "ä\u200d", "\ufeff"]
)


@st.composite
def contexts(draw):
    n, m = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    names = st.one_of(NAMES, AWKWARD)
    objects = draw(st.lists(names, min_size=n, max_size=n, unique=True))
    attributes = draw(st.lists(names, min_size=m, max_size=m, unique=True))
    return Context(draw(arrays(bool, (n, m))), objects, attributes)


def are_equal(one, other):
    return (
        one.objects == other.objects
        and one.attributes == other.attributes
        and one.incidence.shape == other.incidence.shape
        and (one.incidence != other.incidence).nnz == 0
    )


@settings(max_examples=50)  # every example is a file or two, brought safely to the disk
@pytest.mark.parametrize("format", FORMATS)
@given(context=contexts())
@example(context=Context(np.zeros((0, 0))))
@example(context=Context(np.zeros((0, 3))))
@example(context=Context(np.zeros((3, 0))))
@example(context=Context(np.zeros((1, 0)), [""]))
@example(context=Context(np.ones((2, 1)), ["", " "], [""]))
def test_a_context_comes_back_as_it_was(format, context):
    read, write = FORMATS[format]
    with tempfile.TemporaryDirectory() as folder:
        path = write(context, Path(folder, "a"))
        again = read(path)
        assert are_equal(again, context)
        assert again.incidence.has_canonical_format
        written = path.read_bytes()
        assert write(again, path).read_bytes() == written
        # Line ends of the other kind are read as well.
        path.write_bytes(written.replace(b"\n", b"\r\n"))
        assert are_equal(read(path), context)


@settings(max_examples=50)
@given(context=contexts())
def test_transactions_keep_who_has_what_and_take_names_again(context):
    with tempfile.TemporaryDirectory() as folder:
        path = write_fimi(context, Path(folder, "a"))
        named = read_fimi(path, objects=context.objects, attributes=context.attributes)
        assert are_equal(named, context)
        bare = read_fimi(path)
        width = int(context.incidence.indices.max(initial=-1)) + 1
        assert (bare.n_objects, bare.n_attributes) == (context.n_objects, width)
        assert are_equal(read_fimi(path, context.n_attributes), Context(context.incidence))


def test_json_holds_line_breaks_in_names(tmp_path):
    context = Context([[1]], ["a\nb"], ["c\r\u2028"])
    assert are_equal(read_json(write_json(context, tmp_path / "a.json")), context)


@pytest.mark.parametrize("write", [write_cxt, write_csv])
@pytest.mark.parametrize("name", ["a\nb", "\n", "a\r", "\r\nb", "a\u2028b", "\x85", "a\x0b"])
def test_names_that_would_not_stay_on_their_line_are_refused_and_nothing_is_written(write, name, tmp_path):
    for context in (Context([[1]], objects=[name]), Context([[1]], attributes=[name])):
        with pytest.raises(InputError, match=r"^(objects|attributes) have the name .* holds a line break"):
            write(context, tmp_path / "a")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("write", [write_cxt, write_csv, write_json])
def test_half_a_surrogate_pair_is_refused(write, tmp_path):
    with pytest.raises(InputError, match=r"^names have a name with '\\ud800', which is no character"):
        write(Context([[1]], ["a\ud800"]), tmp_path / "a")
    assert not list(tmp_path.iterdir())


def test_the_cxt_of_a_small_context_to_the_letter(tmp_path):
    context = Context([[1, 0, 0], [1, 1, 0]], ["frog", "reed"], ["needs water", "grows", "flies"])
    written = write_cxt(context, tmp_path / "a.cxt").read_bytes()
    assert written == b"B\n\n2\n3\n\nfrog\nreed\nneeds water\ngrows\nflies\nX..\nXX.\n"


def test_a_named_context_a_comment_small_crosses_and_line_ends_of_windows_are_read(tmp_path):
    path = tmp_path / "a.cxt"
    path.write_bytes(
        b"\xef\xbb\xbfB\r\npond life\r\n 2 \r\n2\r\na comment\r\nfrog\r\nreed\r\na\r\nb\r\n"
        b"x.\r\nXx \r\n\r\n\r\n"
    )
    assert are_equal(read_cxt(path), Context([[1, 0], [1, 1]], ["frog", "reed"], ["a", "b"]))


def test_a_table_may_say_true_cross_or_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(",a,b,c\nd,True,False,X\ne,x,,0\n")
    assert are_equal(read_csv(path), Context([[1, 0, 1], [1, 0, 0]], ["d", "e"], ["a", "b", "c"]))


def test_other_programs_read_the_table_and_the_json(tmp_path):
    context = Context([[1, 0], [0, 1]], ["a", 'b, "c"'], ["d", "e,f"])
    with write_csv(context, tmp_path / "a.csv").open(newline="") as stream:
        assert list(csv.reader(stream)) == [["object", "d", "e,f"], ["a", "1", "0"], ['b, "c"', "0", "1"]]
    whole = json.loads(write_json(context, tmp_path / "a.json").read_text())
    assert whole == {"objects": ["a", 'b, "c"'], "attributes": ["d", "e,f"], "incidence": [[0], [1]]}


CXT = "B\n\n2\n2\n\na\nb\nc\nd\nX.\n.X\n"


@pytest.mark.parametrize(
    ("text", "line", "offence"),
    [
        ("", 1, "is ''"),
        ("\n", 1, "is ''"),
        ("BB\n", 1, "is 'BB'"),
        ("B", 3, "is ''"),
        ("B\n\n", 3, "is ''"),
        (CXT.replace("2\n2", "-2\n2"), 3, "is '-2'"),
        (CXT.replace("2\n2", "2\n2.0"), 4, r"is '2\.0'"),
        (CXT.replace("2\n2", "2\n²"), 4, "is '²'"),
        (CXT.replace("2\n2", "2\n" + "9" * 5000), 4, "is '99999999999999999999'"),
        (CXT.replace("2\n2", "1000000000\n2"), 11, "is the last, but 1000000000 objects and 2 attributes"),
        (CXT.replace("2\n2", "2\n1000000000000"), 11, "is the last, but 2 objects and 1000000000000"),
        (CXT.replace("2\n\n", "2\n"), 10, "is the last, but 2 objects and 2 attributes take 11 lines"),
        (CXT[:-3], 10, "is the last"),
        (CXT.replace("X.", "X"), 10, r"has 1 crosses and dots"),
        (CXT.replace("X.", "X.."), 10, r"has 3 crosses and dots"),
        (CXT.replace(".X\n", "1X\n"), 11, "has '1' at position 1"),
        (CXT.replace(".X\n", ".Χ\n"), 11, "has 'Χ' at position 2"),  # a Greek letter
        (CXT + "X.\n", 12, "is 'X.' after the last object"),
        (CXT.replace("b\n", "a\n"), 7, "repeats the name 'a' of line 6"),
        (CXT.replace("d\n", "c\n"), 9, "repeats the name 'c' of line 8"),
    ],
)
def test_a_malformed_cxt_is_refused_by_its_line(text, line, offence, tmp_path):
    path = tmp_path / "a.cxt"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"^path .*a\.cxt, line {line}: {offence}"):
        read_cxt(path)


@pytest.mark.parametrize(
    ("text", "line", "offence"),
    [
        (",a\nb,2\n", 2, "has '2' under 'a'"),
        (",a\nb,1,0\n", 2, "has 2 cells beside the name"),
        (",a,c\nb,1\n", 2, "has 1 cells beside the name"),
        (",a\n\nb,1\n", 2, "is empty"),
        ("\n", 1, "is empty"),
        (",a,a\n", 1, "repeats the name 'a' of line 1"),
        (",a\nb,1\nc,0\nb,1\n", 4, "repeats the name 'b' of line 2"),
        (',a\n"b\nc",1\n', 3, "ends the cell"),
        (',a\n"b,1\n', 2, "is no row of a table"),
        (',a\n"b"c,1\n', 2, "is no row of a table"),
        (",a\n" + "b" * 200_000 + ",1\n", 2, "is no row of a table"),
    ],
)
def test_a_malformed_table_is_refused_by_its_line(text, line, offence, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"^path .*a\.csv, line {line}: {offence}"):
        read_csv(path)


JSON = {"objects": ["a", "b"], "attributes": ["c", "d"], "incidence": [[0], [1]]}


@pytest.mark.parametrize(
    ("text", "offence"),
    [
        ("", r", line 1: is no JSON"),
        ('{"objects":\n [1,}', r", line 2: is no JSON"),
        ("[" * 100_000, r" is no context"),
        ('{"objects": ' + "9" * 5000 + "}", r" is no context"),
        ("[]", r" holds a list"),
        ("null", r" holds a NoneType"),
        (json.dumps({"objects": [], "attributes": []}), r" has no list 'incidence'"),
        (json.dumps({**JSON, "objects": "ab"}), r" has no list 'objects'"),
        (json.dumps({**JSON, "objects": ["a", 1]}), r" has 1 in 'objects' at 1"),
        (json.dumps({**JSON, "attributes": ["c", "c"]}), r" has 'c' in 'attributes' at 0 and at 1"),
        (json.dumps({**JSON, "incidence": [[0]]}), r" has 1 entries in 'incidence'"),
        (json.dumps({**JSON, "incidence": [[0], 1]}), r" has 1 in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[0], [2]]}), r" has 2 in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[0], [-1]]}), r" has -1 in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[0], [1.0]]}), r" has 1\.0 in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[0], [True]]}), r" has True in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[0], [10**30]]}), r" has 10{30} in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[0], [1, 1]]}), r" names an attribute twice in 'incidence' at 1"),
        (json.dumps({**JSON, "incidence": [[float("nan")], []]}), r" has nan in 'incidence' at 0"),
    ],
)
def test_malformed_json_is_refused_by_its_line_or_place(text, offence, tmp_path):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"^path .*a\.json{offence}"):
        read_json(path)


@pytest.mark.parametrize(
    ("text", "options", "line", "offence"),
    [
        ("0 1\n0 a\n", {}, 2, "has 'a'"),
        ("0 -1\n", {}, 1, "has '-'"),
        ("0,1\n", {}, 1, "has ','"),
        ("1.5\n", {}, 1, r"has '\.'"),
        ("٣\n", {}, 1, "has '٣'"),
        ("0\n1 0 1\n", {}, 2, "has 1 twice"),
        ("0\n1000000000\n", {}, 2, "has 1000000000: give numbers below 1048576, or n_attributes"),
        ("9" * 5000, {}, 1, "has '99999999999999999999'"),
        ("0\n2\n", {"n_attributes": 2}, 2, "has 2: give numbers below 2$"),
        ("0\n2\n", {"attributes": ["a", "b"]}, 2, "has 2: give numbers below 2$"),
    ],
)
def test_malformed_transactions_are_refused_by_their_line(text, options, line, offence, tmp_path):
    path = tmp_path / "a.dat"
    path.write_text(text)
    with pytest.raises(InputError, match=rf"^path .*a\.dat, line {line}: {offence}"):
        read_fimi(path, **options)


@pytest.mark.parametrize(
    ("options", "offence"),
    [
        ({"n_attributes": -1}, "n_attributes is -1"),
        ({"n_attributes": 1.5}, r"n_attributes is 1\.5"),
        ({"n_attributes": True}, "n_attributes is True"),
        ({"n_attributes": 3, "attributes": ["a", "b"]}, "attributes has 2 names"),
        ({"objects": ["a"]}, "objects has 1 names"),
        ({"attributes": 7}, "attributes is 7"),
    ],
)
def test_transactions_with_names_that_do_not_fit_are_refused(options, offence, tmp_path):
    path = tmp_path / "a.dat"
    path.write_text("0\n1\n")
    with pytest.raises(InputError, match=f"^{offence}"):
        read_fimi(path, **options)


@pytest.mark.parametrize("read", READERS)
def test_files_that_cannot_be_read_are_refused(read, tmp_path):
    path = tmp_path / "a"
    for place in (path, tmp_path, str(tmp_path / "b\0c")):
        with pytest.raises(InputError, match=r"^path .* cannot be read"):
            read(place)
    for place, offence in ((3, "is a int"), (None, "is a NoneType"), ("", "names no file")):
        with pytest.raises(InputError, match=f"^path .*{offence}"):
            read(place)
    path.write_bytes(b"B\n\xff\n")
    with pytest.raises(InputError, match=r"^path .*a, line 2: is not UTF-8"):
        read(path)
    with pytest.raises(InputError, match=r"^path .*a is larger than 3 bytes: raise max_bytes"):
        read(path, max_bytes=3)
    with pytest.raises(InputError, match=r"^max_bytes is -1"):
        read(path, max_bytes=-1)


@pytest.mark.parametrize("write", WRITERS)
def test_what_cannot_be_written_is_refused_and_leaves_what_was_there(write, tmp_path, monkeypatch):
    context, path = Context([[1]]), tmp_path / "new" / "a"
    with pytest.raises(InputError, match=r"^context is a list"):
        write([[1]], path)
    assert write(context, path) == path
    before = path.read_bytes()
    for place in (path / "below a file", tmp_path / "a\0b", tmp_path / ("a" * 300), tmp_path):
        with pytest.raises(InputError, match=r"^path .* cannot be written"):
            write(context, place)

    def full(*_):
        raise OSError(28, "No space left on device")

    for step in ("fsync", "replace"):  # not brought to the disk, or not put in place
        with monkeypatch.context() as broken:
            broken.setattr(os, step, full)
            with pytest.raises(InputError, match=r"^path .* cannot be written \(No space"):
                write(Context([[0], [1]]), path)
        assert path.read_bytes() == before
        assert [item.name for item in path.parent.iterdir()] == ["a"]
