"""Whatever nonsense a public function is given, it answers or refuses in one line; it never breaks inside."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from saelib.errors import InputError

PACKAGES = (
    "saelib",
    "saelib.sae",
    "saelib.alignment",
    "saelib.geometry",
    "saelib.units",
    "saelib.lattice",
    "saelib.phenomena",
)
NONSENSE = {
    "text": "text",
    "an object": object(),
    "None": None,
    "-1": -1,
    "an empty list": [],
    "NaN": float("nan"),
}


def functions() -> dict[str, Callable[..., Any]]:
    found = {}
    for package in PACKAGES:
        module = importlib.import_module(package)
        for name in module.__all__:
            if inspect.isfunction(getattr(module, name)):
                found[f"{package}.{name}"] = getattr(module, name)
    return found


FUNCTIONS = functions()
# Still to be mended: whatever changes in their module recomputes the chapters on real networks.
OPEN = {f"saelib.alignment.{name}" for name in ("above", "activation_quantiles", "best_of_counts")}
OPEN |= {"saelib.alignment.best_with_threshold"}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.xfail(strict=True) if name in OPEN else ()) for name in FUNCTIONS],
)
def test_nonsense_is_refused_in_one_line(name: str) -> None:
    function = FUNCTIONS[name]
    parameters = inspect.signature(function).parameters.values()
    several = [each for each in parameters if each.kind is each.VAR_POSITIONAL]
    for what, value in NONSENSE.items():
        wanted = {
            each.name: value
            for each in parameters
            if each.default is each.empty and each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)
        }
        said = ""
        try:
            function(*[value for _ in several], **wanted)
        except InputError as refusal:
            said = str(refusal)
        except Exception as error:
            pytest.fail(f"{name} given {what} breaks inside: {error!r}")
        assert "\n" not in said, f"{name} given {what}"


def test_there_is_something_to_refuse() -> None:
    assert len(FUNCTIONS) > 100
