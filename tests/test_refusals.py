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
    "saelib.data.files",
    "saelib.data.language",
    "saelib.sae",
    "saelib.alignment",
    "saelib.geometry",
    "saelib.units",
    "saelib.lattice",
    "saelib.phenomena",
    "saelib.analysis",
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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nonsense_is_refused_in_one_line(name: str) -> None:
    function = FUNCTIONS[name]
    parameters = inspect.signature(function).parameters.values()
    several = [each for each in parameters if each.kind is each.VAR_POSITIONAL]
    given = [each for each in parameters if each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY)]
    # Without what it needs it would answer anyway, some after minutes: then what it may be given.
    asked = [each for each in given if each.default is each.empty] or given
    for what, value in NONSENSE.items():
        wanted = {each.name: value for each in asked if each.default is not value}
        if not wanted and not several:
            continue
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
