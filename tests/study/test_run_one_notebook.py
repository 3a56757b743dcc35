"""``saelib run``: one notebook with one's own parameters, one line when they are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

PLAIN = """\
# %% tags=["parameters"]
k: int = 2  # how many

# %%
from saelib.sae import SAE, TopK

print(SAE(2, 4, TopK(k)))
"""


@pytest.fixture
def chapter(project):
    (project.folder / "notebooks" / "07_chapter.py").write_text(PLAIN)
    (project.folder / "out").mkdir()
    return project


def left_behind(project) -> list[Path]:
    return list((project.folder / "out").iterdir())


def test_a_notebook_runs_with_other_parameters_beside_the_study(chapter):
    done = chapter.saelib("run", "07", "-p", "k", "3", "-o", "out/mine.ipynb")
    assert done.returncode == 0, done.stderr
    assert "TopK(k=3)" in (chapter.folder / "out" / "mine.ipynb").read_text()
    assert not (chapter.folder / "notebooks" / "07_chapter.ipynb").exists()
    assert not (chapter.folder / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        (("07", "-p", "k", "-3"), "k is -3: give a positive integer"),
        (("07", "-p", "k", "9"), "k is 9 but d_sae is 4: give k ≤ d_sae"),
        (("07", "-p", "k", "two"), "give an int"),
        (("07", "-p", "k", "[1"), "YAML"),
        (("07", "-p", "kk", "3"), "give one of k"),
        (("99",), "give one of"),
        (("07", "-o", "notebooks/mine.ipynb"), "choose another folder"),
        (("07", "-o", "notebooks/07_chapter.py/x.ipynb"), "output"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_line_that_names_the_mend_with_status_2(chapter, arguments, mend):
    output = () if "-o" in arguments else ("-o", "out/mine.ipynb")
    refused = chapter.saelib("run", *arguments, *output)
    assert refused.returncode == 2, refused.stderr
    lines = [line for line in refused.stderr.splitlines() if not line.startswith("[IPKernelApp]")]
    assert len(lines) == 1
    assert mend in lines[0]
    assert left_behind(chapter) == []
    assert not list((chapter.folder / "notebooks").glob("*.ipynb"))
