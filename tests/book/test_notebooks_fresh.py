"""The executed notebooks are those of the scripts beside them, executed to the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

from saelib.claims import declared
from saelib.study.cleaning import clean
from saelib.study.notebook import code_cells, convert
from saelib.study.parameters import declared_parameters
from saelib.study.paths import notebook_sources

PROJECT = Path(__file__).parents[2]
SOURCES = list(notebook_sources(PROJECT).values())
REMEDY = "run `saelib reproduce`"

pytestmark = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)


def executed(source: Path) -> Any:
    path = source.with_suffix(".ipynb")
    assert path.is_file(), f"{path.name} is missing: {REMEDY} --only {source.stem}"
    return nbformat.read(path, as_version=4)


def test_executed_notebook_has_the_cells_of_its_script(source: Path) -> None:
    wanted = [(cell.id, cell.cell_type, cell.source) for cell in convert(source).cells]
    found = [(cell.id, cell.cell_type, cell.source) for cell in executed(source).cells]
    assert found == wanted, f"{source.stem} is stale: {REMEDY}"


def test_every_code_cell_was_executed_in_order(source: Path) -> None:
    counts = [cell.execution_count for cell in code_cells(executed(source))]
    assert counts == list(range(1, len(counts) + 1)), f"{source.stem} was not executed from the top: {REMEDY}"


def test_executed_notebook_holds_no_error_and_nothing_a_run_would_strip(source: Path) -> None:
    notebook = executed(source)
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    before = nbformat.writes(notebook)
    assert nbformat.writes(clean(notebook, [PROJECT, Path.home()])) == before


def test_parameters_cell_is_typed_and_commented(source: Path) -> None:
    notebook = convert(source)
    declared_parameters(notebook)  # raises if a default is no literal
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            for line in filter(str.strip, cell.source.splitlines()):
                assert ":" in line.partition("=")[0], f"{line!r} has no type"
                assert "#" in line, f"{line!r} has no comment"


def test_script_records_the_claims_declared_for_it(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    for claim in declared().values():
        if claim.notebook == source.stem:
            assert f'"{claim.id}"' in text, f"{source.stem} is to decide {claim.id}"
