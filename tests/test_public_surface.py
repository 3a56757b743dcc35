"""The public names are there, take the arguments that the design promises, and explain themselves.

What a docstring shows is run as a doctest elsewhere; here stands only that it is there and is complete.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.resources
import importlib.util
import inspect
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import pytest

import saelib

NAMES = (
    "ActivationSets",
    "Alignment",
    "BatchTopK",
    "ConceptSet",
    "Gated",
    "InputError",
    "JumpReLU",
    "Matryoshka",
    "ReLU",
    "SAE",
    "SAEConfig",
    "TopK",
    "TrainResult",
    "align",
    "load_sae",
    "save_sae",
    "train",
    "train_grid",
)

PARAMETERS = {
    "ConceptSet": ("membership", "names", "parents"),
    "ConceptSet.from_labels": (),
    "ConceptSet.extent": (),
    "ConceptSet.take_points": ("rows",),
    "ConceptSet.select": (),
    "ActivationSets": ("active", "names"),
    "ActivationSets.from_array": ("acts", "threshold"),
    "ActivationSets.from_sae": ("sae", "points", "threshold", "batch_size", "progress"),
    "align": ("activations", "concepts", "weights", "measure"),
    "Alignment.detected": ("delta",),
    "Alignment.separated": ("delta", "epsilon"),
    "Alignment.approximated": ("eta",),
    "Alignment.learn": ("score",),
    "Alignment.interpret": ("score",),
    "Alignment.matched": ("score",),
    "Alignment.mutual": ("score",),
    "Alignment.interval": ("quantity", "confidence"),
    "Alignment.to_frame": (),
    "SAE": ("d_in", "d_sae", "gate"),
    "SAE.encode": (),
    "SAE.decode": (),
    "SAE.pre_acts": (),
    "SAE.active": (),
    "TopK": ("k",),
    "BatchTopK": ("k",),
    "JumpReLU": (),
    "Gated": (),
    "Matryoshka": ("inner_gate", "prefixes"),
    "SAEConfig": ("d_sae", "gate", "steps", "batch_size", "seed"),
    "train": ("points", "config"),
    "train_grid": ("points", "configs", "jobs"),
    "save_sae": ("sae", "folder"),
    "load_sae": ("folder",),
}

DEFAULTS = {
    ("ActivationSets.from_sae", "threshold"): 0.0,
    ("ActivationSets.from_sae", "progress"): True,
    ("ActivationSets.from_array", "threshold"): 0.0,
    ("align", "weights"): None,
    ("align", "measure"): "data",
    ("Alignment.learn", "score"): "jaccard",
    ("Alignment.interpret", "score"): "jaccard",
    ("Alignment.interval", "confidence"): 0.95,
    ("ConceptSet", "names"): None,
    ("ConceptSet", "parents"): None,
}

ATTRIBUTES = {
    "ConceptSet": ("sizes", "parents", "names", "membership", "n_points", "levels", "n_concepts"),
    "ActivationSets": ("active", "l0", "d_sae", "names", "sizes", "n_points"),
    "Alignment": (
        "counts",
        "neuron_sizes",
        "concept_sizes",
        "total",
        "recall",
        "leak",
        "precision",
        "jaccard",
    ),
}


def public_object(path: str) -> object:
    found: object = saelib
    for name in path.split("."):
        found = getattr(found, name)
    return found


# --- the names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_public_name_can_be_imported_from_saelib(name: str) -> None:
    assert getattr(saelib, name) is not None
    assert name in saelib.__all__
    assert name in dir(saelib)


@pytest.mark.parametrize("name", saelib.__all__)
def test_every_lazy_name_is_what_its_home_calls_by_that_name(name: str) -> None:
    home = importlib.import_module(saelib._HOME[name])
    assert getattr(saelib, name) is getattr(home, name)


def test_every_lazy_name_is_listed_once() -> None:
    assert sorted(saelib.__all__) == sorted(saelib._HOME) == sorted(set(saelib.__all__))


def test_unknown_name_is_an_attribute_error_that_names_it() -> None:
    with pytest.raises(AttributeError, match="'saelib' has no attribute 'nonsense'"):
        saelib.nonsense  # noqa: B018


def test_package_carries_the_marker_of_typed_packages() -> None:
    assert (importlib.resources.files("saelib") / "py.typed").is_file()


@pytest.mark.parametrize("path", PARAMETERS)
def test_parameters_are_the_promised_ones_in_order(path: str) -> None:
    names = list(inspect.signature(public_object(path)).parameters)
    promised = PARAMETERS[path]
    assert [name for name in names if name in promised] == list(promised)


@pytest.mark.parametrize(("path", "parameter"), DEFAULTS)
def test_defaults_are_the_promised_ones(path: str, parameter: str) -> None:
    assert inspect.signature(public_object(path)).parameters[parameter].default == DEFAULTS[path, parameter]


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_attributes_are_there(name: str) -> None:
    concepts = saelib.ConceptSet(np.eye(2, dtype=bool))
    activations = saelib.ActivationSets(np.eye(2, dtype=bool))
    alignment = saelib.align(activations, concepts)
    owner = {"ConceptSet": concepts, "ActivationSets": activations, "Alignment": alignment}[name]
    assert not [attribute for attribute in ATTRIBUTES[name] if not hasattr(owner, attribute)]


def test_an_input_error_is_a_value_error_of_one_line() -> None:
    error = saelib.InputError("k", "is -3", "give a positive integer")
    assert isinstance(error, ValueError)
    assert str(error) == "k is -3: give a positive integer"


# --- the command line ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["reproduce", "verify", "claims"])
def test_command_is_listed_and_explains_itself(command: str) -> None:
    for arguments in (["--help"], [command, "--help"]):
        run = subprocess.run([sys.executable, "-m", "saelib.cli", *arguments], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        assert command in run.stdout


def test_unknown_command_ends_with_status_2() -> None:
    run = subprocess.run([sys.executable, "-m", "saelib.cli", "nonsense"], capture_output=True, text=True)
    assert run.returncode == 2
    assert "nonsense" in run.stderr
    assert "Traceback" not in run.stderr


# --- the docstrings --------------------------------------------------------------------------------------


def public_modules() -> Iterator[str]:
    yield "saelib"
    for found in pkgutil.walk_packages(saelib.__path__, "saelib."):
        if not any(part.startswith("_") for part in found.name.split(".")):
            yield found.name


def objects_of(module_name: str) -> Iterator[object]:
    """Functions and classes of saelib that a module's __all__ names."""
    # What cannot be imported is reported by the test of modules, not by a collection that breaks off.
    with contextlib.suppress(ImportError):
        for name in getattr(importlib.import_module(module_name), "__all__", ()):
            with contextlib.suppress(ImportError, AttributeError):
                thing = getattr(sys.modules[module_name], name)
                is_code = inspect.isfunction(thing) or inspect.isclass(thing)
                if is_code and thing.__module__.startswith("saelib"):
                    yield thing


def named(things: Iterable[object]) -> dict[str, object]:
    """Each thing once, under the name of where it is written."""
    return dict(sorted((f"{thing.__module__}.{thing.__qualname__}", thing) for thing in things))


def is_front(module_name: str) -> bool:
    found = importlib.util.find_spec(module_name)
    return module_name.count(".") <= 1 or (found is not None and found.submodule_search_locations is not None)


@cache
def public_objects() -> dict[str, object]:
    """What the packages offer, which re-export it, and the modules right below saelib."""
    return named(thing for module in public_modules() if is_front(module) for thing in objects_of(module))


@cache
def shared_objects() -> dict[str, object]:
    """What modules within a package list for their neighbours."""
    return named(thing for module in public_modules() if not is_front(module) for thing in objects_of(module))


def sections(docstring: str) -> dict[str, str]:
    """Sections of a numpydoc docstring: title to text."""
    pieces = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", inspect.cleandoc(docstring), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def documented(section: str) -> set[str]:
    """Names that a section of parameters describes: "a, b : int" at the left margin."""
    found = set()
    for line in section.splitlines():
        if line and not line[0].isspace():
            names = line.split(" : ")[0]
            found |= {name.strip().lstrip("*") for name in names.split(",")}
    return found


def taken(thing: object) -> set[str]:
    """Parameters that a caller gives."""
    try:
        signature = inspect.signature(thing)  # type: ignore[arg-type]
    except ValueError:  # classes written in C, as exceptions without an __init__ of their own
        return set()
    return {name for name in signature.parameters if name not in {"self", "cls"} and not name.startswith("_")}


@pytest.mark.parametrize("module_name", sorted(public_modules()))
def test_module_has_a_docstring_and_every_name_it_promises(module_name: str) -> None:
    module = importlib.import_module(module_name)
    assert (module.__doc__ or "").strip()
    names = list(getattr(module, "__all__", ()))
    assert len(names) == len(set(names))
    for name in names:
        assert hasattr(module, name), f"{module_name}.__all__ promises {name}"


@pytest.mark.parametrize("path", public_objects())
def test_docstring_says_what_it_does_and_shows_an_example(path: str) -> None:
    docstring = inspect.getdoc(public_objects()[path]) or ""
    summary = docstring.partition("\n\n")[0]
    assert summary.rstrip().endswith((".", ":", "?")), "begin with one sentence"
    has_example = ">>> " in sections(docstring).get("Examples", "")
    assert has_example, "add an Examples section that can be run"


@pytest.mark.parametrize("path", sorted(set(shared_objects()) - set(public_objects())))
def test_what_modules_share_has_a_docstring(path: str) -> None:
    assert (inspect.getdoc(shared_objects()[path]) or "").strip()


@pytest.mark.parametrize("path", public_objects())
def test_docstring_names_every_parameter_and_no_other(path: str) -> None:
    thing = public_objects()[path]
    given = sections(inspect.getdoc(thing) or "")
    described = documented(given.get("Parameters", ""))
    if dataclasses.is_dataclass(thing) or issubclass(thing if inspect.isclass(thing) else object, tuple):
        # What a function returns is described by its attributes; nobody makes one by hand.
        assert taken(thing) <= described | documented(given.get("Attributes", ""))
    else:
        assert described == taken(thing)


@pytest.mark.parametrize("path", [path for path, thing in public_objects().items() if inspect.isclass(thing)])
def test_every_public_method_has_a_docstring(path: str) -> None:
    owner = public_objects()[path]
    silent = [
        name
        for name, member in vars(owner).items()
        if not name.startswith("_")
        and (inspect.isfunction(member) or isinstance(member, property | classmethod | staticmethod))
        and not (inspect.getdoc(getattr(owner, name)) or "").strip()
    ]
    assert not silent
