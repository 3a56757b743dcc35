"""The options of the command, the parameters of the notebook and the arguments in Python are the same."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from pathlib import Path

import pytest

from saelib.analysis import analyse
from saelib.analysis.command import _points, add_analyse
from saelib.data.files import model_points, open_points

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "50_your_sae.py"


def options() -> dict[str, argparse.Action]:
    """Of ``saelib analyse``, by the names they have in Python."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    add_analyse(commands)
    return {action.dest: action for action in commands.choices["analyse"]._actions if action.dest != "help"}


def parameter_lines() -> list[str]:
    text = NOTEBOOK.read_text(encoding="utf-8")
    return re.search(r'# %% tags=\["parameters"\]\n(.*?)\n\n', text, re.DOTALL)[1].splitlines()


def test_the_parameters_of_the_notebook_are_the_options_of_the_command() -> None:
    found = {line.split(":")[0]: line for line in parameter_lines()}
    renamed = {"no_resume": "resume"}
    declared = {renamed.get(name, name): action for name, action in options().items()}
    assert set(found) == set(declared)
    for name, action in declared.items():
        value = ast.literal_eval(re.search(r"= (.*?)  # ", found[name])[1])
        if name in ("resume", "audit"):  # the notebook's own case is small: it audits fewer
            continue
        assert value == (action.default or type(value)()) or (name, value) == ("tokens", "last"), name


def test_each_parameter_stands_on_one_line_with_a_comment() -> None:
    for line in parameter_lines():
        assert re.fullmatch(r"[a-z_]+: (str|int|float|bool) = \S+  # \S.*", line), line


def test_every_option_is_an_argument_in_python() -> None:
    known = {name for f in (analyse, model_points, open_points) for name in inspect.signature(f).parameters}
    renamed = {"no_resume": "resume", "model": "folder"}
    assert {renamed.get(name, name) for name in options()} <= known


def test_what_is_said_about_texts_reaches_the_function_that_reads_them(monkeypatch, tmp_path) -> None:
    import saelib.data.files

    given = []
    monkeypatch.setattr(saelib.data.files, "model_points", lambda *a, **named: given.append((a, named)))
    parser = argparse.ArgumentParser()
    add_analyse(parser.add_subparsers())
    line = f"analyse --sae s --concepts c --out {tmp_path}/out --model m --texts t.csv --layer 2".split()
    _points(parser.parse_args(line))
    _points(parser.parse_args([*line, "--tokens", "every", "--column", "words", "--max-length", "7"]))
    place = ("m", "t.csv", 2, tmp_path / "out_points")
    chosen = {"tokens": "every", "column": "words", "max_length": 7}
    assert given == [(place, {}), (place, chosen)]


def test_a_named_tensor_is_the_one_that_is_read(tmp_path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    np = pytest.importorskip("numpy")
    held = {"first": np.zeros((2, 3), np.float32), "second": np.ones((2, 3), np.float32)}
    safetensors.save_file(held, tmp_path / "x.safetensors")
    parser = argparse.ArgumentParser()
    add_analyse(parser.add_subparsers())
    line = ["analyse", "--sae", "s", "--concepts", "c", "--out", "o"]
    line += ["--points", str(tmp_path / "x.safetensors"), "--tensor", "second"]
    assert _points(parser.parse_args(line)).rows(0, 2).tolist() == held["second"].tolist()
