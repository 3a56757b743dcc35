"""A real network on human concepts: what small language models do with English nouns of WordNet.

The nouns and their concepts come with saelib; the activations need the extra ``real`` and the packages with
the networks' weights. Names are imported on first use, so that the nouns cost no network.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.data.language.extraction import noun_activations
    from saelib.data.language.nouns import Nouns, noun_data, noun_halves
    from saelib.data.language.strings import string_baseline
    from saelib.data.language.weights import minilm_folder, smollm2_file

_HOME = {
    "Nouns": "saelib.data.language.nouns",
    "minilm_folder": "saelib.data.language.weights",
    "noun_activations": "saelib.data.language.extraction",
    "noun_data": "saelib.data.language.nouns",
    "noun_halves": "saelib.data.language.nouns",
    "smollm2_file": "saelib.data.language.weights",
    "string_baseline": "saelib.data.language.strings",
}

__all__ = [
    "Nouns",
    "minilm_folder",
    "noun_activations",
    "noun_data",
    "noun_halves",
    "smollm2_file",
    "string_baseline",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.data.language' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
