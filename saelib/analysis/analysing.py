"""A sparse autoencoder against human concepts, from files to tables and a report."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt
import pandas as pd

from saelib.sae import SAE
from saelib.sets import ConceptSet

__all__ = ["Analysis", "analyse"]


@dataclass(frozen=True, eq=False)
class Analysis:
    """What an analysis found and where it was written; made by :func:`analyse`.

    Attributes
    ----------
    folder : Path
        The folder of the results.
    report : Path
        The report, one HTML file.
    tables : mapping of str to pandas.DataFrame
        By name, see :data:`saelib.analysis.TABLES`; also in ``tables/NAME.parquet``.
    facts : mapping
        Sizes, L0, explained variance, dead share, seconds, checksums, options; also in ``facts.json``.

    Examples
    --------
    >>> Analysis(Path("out"), Path("out/report.html"), {}, {"l0": 8.0}).facts["l0"]
    8.0
    """

    folder: Path
    report: Path
    tables: Mapping[str, pd.DataFrame]
    facts: Mapping[str, Any]


def analyse(
    sae: SAE | str | os.PathLike[str],
    points: Any,
    concepts: ConceptSet | str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    parents: str | os.PathLike[str] | None = None,
    groups: npt.ArrayLike | None = None,
    delta: float = 0.1,
    epsilon: float = 0.1,
    eta: float = 0.3,
    alpha: float = 0.3,
    threshold: float = 0.0,
    audit: int = 4,
    seed: int = 0,
    jobs: int | None = None,
    preview: int = 20_000,
    resume: bool = True,
    progress: bool = True,
) -> Analysis:
    """Hold a dictionary against concepts and write tables and a report."""
    raise NotImplementedError
