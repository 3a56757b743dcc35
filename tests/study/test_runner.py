from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from saelib import InputError
from saelib.study.notebook import convert
from saelib.study.parameters import check_parameters, declared_parameters
from saelib.study.runner import NotebookError, run_notebook

SOURCE = """
# %% [markdown]
# # A notebook

# %% tags=["parameters"]
seed: int = 0  # of everything
scale: float = 1.0
name = "a"
strict: bool = True
sizes: tuple = (1, 2)

# %%
import os, sys, warnings
from pathlib import Path
print("one", seed, flush=True)
print("progress 50 %", file=sys.stderr)
print("two", os.getcwd(), Path.home(), object())
warnings.warn("careful")

# %%
import matplotlib.pyplot as plt
plt.plot([1, 2, 3])
plt.show()

# %%
import pandas as pd
display(pd.DataFrame({"x": [1]}).style)
display(pd.DataFrame({"x": [2]}).style)

# %%
if scale < 0:
    from saelib import InputError
    raise InputError("scale", f"is {scale}", "give a positive number")
if scale == 0:
    raise ZeroDivisionError("scale\\nand more")
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "05_notebook.py"
    path.write_text(SOURCE)
    return path


def test_two_runs_give_the_same_bytes_and_no_trace_of_time_or_place(source: Path, tmp_path: Path) -> None:
    outputs = [tmp_path / "a" / "x.ipynb", tmp_path / "b" / "x.ipynb"]
    for output in outputs:
        run_notebook(source, output, {"seed": 3})
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    text = outputs[0].read_text()
    for trace in (
        str(tmp_path),
        str(Path.home()),
        "papermill",
        "execute_input",
        "start_time",
        "50 %\\n",
        "0x7",
    ):
        assert trace not in text
    assert [path.name for path in outputs[0].parent.iterdir()] == ["x.ipynb"]
    notebook = json.loads(text)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "version" not in notebook["metadata"]["language_info"]
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] for cell in code)
    ids = [cell["id"] for cell in notebook["cells"]]
    assert ids[:3] == ["05_notebook-000", "05_notebook-001", "injected-parameters"]
    assert len(set(ids)) == len(ids)
    streams = [output for cell in code for output in cell["outputs"] if output["output_type"] == "stream"]
    assert len(streams) == 1, "standard output is one piece however it was flushed"
    assert "".join(streams[0]["text"]).startswith("one 3\ntwo .")
    assert 'id=\\"styled-05_notebook-004-1\\"' in text, "pandas names styled tables at random"
    assert any("image/png" in output.get("data", {}) for cell in code for output in cell["outputs"])


def test_parameters_equal_to_the_defaults_leave_the_notebook_as_written(source: Path, tmp_path: Path) -> None:
    run_notebook(source, tmp_path / "x.ipynb", {"seed": 0})
    cells = json.loads((tmp_path / "x.ipynb").read_text())["cells"]
    assert ["".join(cell["source"]) for cell in cells] == [cell.source for cell in convert(source).cells]


@pytest.mark.parametrize(
    ("scale", "line", "refused"),
    [
        (-1.0, "05_notebook: scale is -1.0: give a positive number", True),
        (0.0, "05_notebook: ZeroDivisionError: scale", False),
    ],
)
def test_a_failing_notebook_says_why_in_one_line_and_leaves_the_old_output(
    source: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], scale: float, line: str, refused: bool
) -> None:
    output = tmp_path / "out" / "x.ipynb"
    output.parent.mkdir()
    output.write_text("old")
    with pytest.raises(NotebookError) as caught:
        run_notebook(source, output, {"scale": scale})
    assert str(caught.value) == line
    assert caught.value.is_input_error is refused
    assert output.read_text() == "old"
    assert [path.name for path in output.parent.iterdir()] == ["x.ipynb"]
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"sede": 1}, "parameter 'sede' is not declared by the notebook: give one of seed, scale, name"),
        ({"seed": "1"}, "parameter 'seed' is '1', a str: give an int like the default 0"),
        ({"seed": 1.5}, "parameter 'seed' is 1.5, a float: give an int"),
        ({"seed": True}, "parameter 'seed' is True, a bool: give an int"),
        ({"scale": "wide"}, "parameter 'scale' is 'wide', a str: give a float"),
        ({"strict": 1}, "parameter 'strict' is 1, a int: give a bool"),
        ({"name": 3}, "parameter 'name' is 3"),
        ({"sizes": 3}, "parameter 'sizes' is 3"),
        ({"sizes": ["a"]}, "parameter 'sizes' is"),
        ({"seed": None}, "parameter 'seed' is None"),
    ],
)
def test_unknown_or_mistyped_parameters_are_refused_before_anything_runs(
    source: Path, tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message.replace("a int", "an? int")):
        run_notebook(source, tmp_path / "x.ipynb", given)
    assert not (tmp_path / "x.ipynb").exists()


@pytest.mark.parametrize("given", [{"scale": 2}, {"sizes": [3, 4, 5]}, {"strict": False}, {"seed": -1}])
def test_a_whole_number_is_a_float_and_a_list_a_tuple(source: Path, given: dict[str, Any]) -> None:
    check_parameters(given, convert(source))


def test_a_parameters_cell_with_code_in_it_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text('# %% tags=["parameters"]\nseed: int = int("3")\n')
    with pytest.raises(InputError, match="parameters cell has \"seed: int = int\\('3'\\)\""):
        declared_parameters(convert(path))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), (b"\xff", "cannot be read"), (b"x = 1\n", "no '# %%' cell")],
)
def test_what_is_no_notebook_script_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "a.py"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=rf"notebook {path} .*{message}"):
        convert(path)


def test_an_output_that_cannot_be_written_is_named_before_anything_runs(source: Path) -> None:
    with pytest.raises(InputError, match="output /dev/null/x cannot be written"):
        run_notebook(source, "/dev/null/x/y.ipynb")


def test_a_chapter_that_leaves_a_declared_claim_out_fails(tmp_path: Path) -> None:
    path = tmp_path / "01_three_notions.py"
    path.write_text("# %%\nfrom saelib import claims\nclaims.record('T1', 'violations', value=0)\n")
    old = tmp_path / "results" / "claims" / "T1.json"
    old.parent.mkdir(parents=True)
    old.write_text("left by an earlier run")
    with pytest.raises(InputError, match="notebook 01_three_notions did not record 'attained' of T1"):
        run_notebook(path, tmp_path / "x.ipynb", results=tmp_path / "results")
    assert not (tmp_path / "x.ipynb").exists()
