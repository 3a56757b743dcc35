"""Concept learning in sparse autoencoders, measured as the alignment of sets of data points.

Everything public hangs here and is imported on first use, so that ``import saelib`` and the command
line start at once and torch is loaded only by what needs it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.alignment import Alignment, align
    from saelib.errors import InputError
    from saelib.sae import (
        SAE,
        BatchTopK,
        Gated,
        JumpReLU,
        Matryoshka,
        ReLU,
        SAEConfig,
        TopK,
        TrainResult,
        load_sae,
        save_sae,
        train,
        train_grid,
    )
    from saelib.sets import ActivationSets, ConceptSet

__version__ = "0.1.0"

_HOME = {
    "Alignment": "saelib.alignment",
    "align": "saelib.alignment",
    "InputError": "saelib.errors",
    "SAE": "saelib.sae",
    "BatchTopK": "saelib.sae",
    "Gated": "saelib.sae",
    "JumpReLU": "saelib.sae",
    "Matryoshka": "saelib.sae",
    "ReLU": "saelib.sae",
    "SAEConfig": "saelib.sae",
    "TopK": "saelib.sae",
    "TrainResult": "saelib.sae",
    "load_sae": "saelib.sae",
    "save_sae": "saelib.sae",
    "train": "saelib.sae",
    "train_grid": "saelib.sae",
    "ActivationSets": "saelib.sets",
    "ConceptSet": "saelib.sets",
}

__all__ = [
    "SAE",
    "ActivationSets",
    "Alignment",
    "BatchTopK",
    "ConceptSet",
    "Gated",
    "InputError",
    "JumpReLU",
    "Matryoshka",
    "ReLU",
    "SAEConfig",
    "TopK",
    "TrainResult",
    "align",
    "load_sae",
    "save_sae",
    "train",
    "train_grid",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
