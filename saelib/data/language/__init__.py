"""Real networks on human concepts: what small language models do with nouns of WordNet and with running text.

Nouns, novels and their concepts come with saelib; the activations need the extra ``real`` and the packages
with the networks' weights. Names are imported on first use, so that the nouns cost no network.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.data.language.extraction import noun_activations
    from saelib.data.language.nouns import Nouns, noun_data, noun_halves
    from saelib.data.language.strings import string_baseline
    from saelib.data.language.text import BOOKS, Paragraph, paragraphs, parts_of_speech
    from saelib.data.language.token_extraction import TokenActivations, token_activations
    from saelib.data.language.tokens import Tokens, token_data, token_halves
    from saelib.data.language.weights import minilm_folder, smollm2_file

_HOME = {
    "BOOKS": "saelib.data.language.text",
    "Nouns": "saelib.data.language.nouns",
    "Paragraph": "saelib.data.language.text",
    "TokenActivations": "saelib.data.language.token_extraction",
    "Tokens": "saelib.data.language.tokens",
    "minilm_folder": "saelib.data.language.weights",
    "noun_activations": "saelib.data.language.extraction",
    "noun_data": "saelib.data.language.nouns",
    "noun_halves": "saelib.data.language.nouns",
    "paragraphs": "saelib.data.language.text",
    "parts_of_speech": "saelib.data.language.text",
    "smollm2_file": "saelib.data.language.weights",
    "string_baseline": "saelib.data.language.strings",
    "token_activations": "saelib.data.language.token_extraction",
    "token_data": "saelib.data.language.tokens",
    "token_halves": "saelib.data.language.tokens",
}

__all__ = [
    "BOOKS",
    "Nouns",
    "Paragraph",
    "TokenActivations",
    "Tokens",
    "minilm_folder",
    "noun_activations",
    "noun_data",
    "noun_halves",
    "paragraphs",
    "parts_of_speech",
    "smollm2_file",
    "string_baseline",
    "token_activations",
    "token_data",
    "token_halves",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.data.language' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
