from __future__ import annotations

from pathlib import Path

import pytest

import saelib
from saelib import InputError
from saelib.study import sources as sources_module
from saelib.study.sources import code_version, sources, tables_read

PACKAGE = Path(saelib.__file__).parent


def reached(tmp_path: Path, code: str) -> set[str]:
    script = tmp_path / "chapter.py"
    script.write_text(code)
    inside = [path for path in sources(script) if path.is_relative_to(PACKAGE)]
    return {path.relative_to(PACKAGE).as_posix() for path in inside}


def test_a_chapter_that_reads_tables_depends_on_reading_them_alone(tmp_path: Path) -> None:
    found = reached(tmp_path, "from saelib import claims, study\nstudy.table('sizes')")
    assert "study/tables.py" in found
    assert "claims/recording.py" in found
    assert not {path for path in found if path.startswith(("sae/", "plots/"))}
    assert "study/runner.py" not in found


@pytest.mark.parametrize(
    "code",
    ["from saelib import train", "import saelib\nsaelib.train", "def f():\n    from saelib.sae import train"],
)
def test_names_offered_lazily_lead_to_their_home(tmp_path: Path, code: str) -> None:
    assert "sae/training.py" in reached(tmp_path, code)


def test_imports_for_type_checkers_do_not_count(tmp_path: Path) -> None:
    code = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from saelib.sae import SAE"
    assert reached(tmp_path, code) == set()


def test_settings_and_routing_are_no_code(tmp_path: Path) -> None:
    found = reached(tmp_path, "from saelib.study.profiles import PROFILES\nfrom saelib import train")
    assert not {"study/profiles.py", "__init__.py", "study/__init__.py"} & found


def test_data_beside_a_module_that_names_it_counts(tmp_path: Path) -> None:
    found = reached(tmp_path, "from saelib.plots.explorer import lattice_explorer")
    assert {"plots/explorer.py", "plots/explorer.js", "plots/explorer.css"} <= found
    others = reached(tmp_path, "from saelib.sae import train")
    assert not {path for path in others if path.endswith((".js", ".css"))}
    assert "claims/declared.toml" not in reached(tmp_path, "from saelib import claims\nclaims.record")


LAZY = """
import importlib
_HOME = {"a": "saelib.x.a"}
__all__ = ["a"]
LIMIT = 3
def __getattr__(name):
    return getattr(importlib.import_module(_HOME[name]), name)
"""


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ('{"a": "saelib.x.a"}', '{"a": "saelib.x.a", "b": "saelib.x.b"}', True),
        ('["a"]', '["a", "b"]', True),
        ("LIMIT = 3", "LIMIT = 4", False),
        ("_HOME = ", "_TABLE = ", False),
    ],
)
def test_a_new_public_name_of_a_lazy_package_is_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, is_same: bool
) -> None:
    monkeypatch.setattr(sources_module, "_PACKAGE", tmp_path)
    module = tmp_path / "__init__.py"
    module.write_text(LAZY)
    version = code_version([module])
    module.write_text(LAZY.replace(before, after))
    assert (code_version([module]) == version) is is_same


def test_the_version_changes_with_any_content_and_not_with_order(tmp_path: Path) -> None:
    one, two = tmp_path / "a.py", tmp_path / "b.py"
    one.write_text("1")
    two.write_text("2")
    before = code_version([one, two])
    assert code_version([two, one]) == before
    two.write_text("3")
    assert code_version([one, two]) != before


def test_a_better_explanation_in_saelib_is_the_same_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources_module, "_PACKAGE", tmp_path)
    module = tmp_path / "m.py"
    versions = []
    for code in (
        "def f(x):\n    return x",
        '"""Title."""\n\n\ndef f(x):  # why\n    """Say it.\n\n    Better."""\n    return (x)\n',
        "def f(x):\n    return -x",
        "def f(x):\n    return 'x'",
    ):
        module.write_text(code)
        versions.append(code_version([module]))
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_prose_of_a_notebook_counts(tmp_path: Path) -> None:
    script = tmp_path / "chapter.py"
    script.write_text("# %% [markdown]\n# One.\n")
    before = code_version([script])
    script.write_text("# %% [markdown]\n# Two.\n")
    assert code_version([script]) != before


def test_tables_are_read_off_the_script(tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    script.write_text("from saelib import study\nx = study.table('b')\ny = [study.table('a')]")
    assert tables_read(script) == ("a", "b")
    script.write_text("from saelib import study\nname = 'b'\nstudy.table(name)")
    with pytest.raises(InputError, match=r"reads a table by 'study.table\(name\)' \(line 3\)"):
        tables_read(script)


def test_a_script_that_is_no_python_is_named(tmp_path: Path) -> None:
    script = tmp_path / "a.py"
    script.write_text("x = (")
    with pytest.raises(InputError, match="is not Python"):
        sources(script)
