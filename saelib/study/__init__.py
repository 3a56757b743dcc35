"""Run the study: notebooks, sweeps, tables, provenance; resume it, publish it, verify it.

Only :func:`table` is meant for notebooks. Everything is imported on first use, so that a chapter that reads a
table depends on nothing but the reading.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.study.notebook import convert
    from saelib.study.publishing import publish
    from saelib.study.reproduction import reproduce
    from saelib.study.runner import run_notebook
    from saelib.study.tables import table
    from saelib.study.verification import verify

_HOME = {
    "convert": "saelib.study.notebook",
    "publish": "saelib.study.publishing",
    "reproduce": "saelib.study.reproduction",
    "run_notebook": "saelib.study.runner",
    "table": "saelib.study.tables",
    "verify": "saelib.study.verification",
}

__all__ = ["convert", "publish", "reproduce", "run_notebook", "table", "verify"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.study' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
