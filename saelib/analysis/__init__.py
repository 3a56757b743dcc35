"""A dictionary of one's own against concepts of one's own: tables, and a report to open in a browser.

Names are imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from saelib.analysis.analysing import Analysis, analyse
    from saelib.analysis.columns import FACTS, TABLES, Column, Table

_HOME = {
    "Analysis": "saelib.analysis.analysing",
    "Column": "saelib.analysis.columns",
    "FACTS": "saelib.analysis.columns",
    "TABLES": "saelib.analysis.columns",
    "Table": "saelib.analysis.columns",
    "analyse": "saelib.analysis.analysing",
}

__all__ = ["FACTS", "TABLES", "Analysis", "Column", "Table", "analyse"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'saelib.analysis' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
