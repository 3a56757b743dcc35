"""A sparse autoencoder against human concepts, from files to tables and a report."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.analysis.columns import TABLES
from saelib.analysis.concept_rows import Tolerances
from saelib.analysis.encoding import encoded, encoded_sample
from saelib.analysis.firing import Firing
from saelib.analysis.framing import framed
from saelib.analysis.geometry_rows import geometry_rows
from saelib.analysis.halving import choosing_half
from saelib.analysis.measuring import Measured, measure
from saelib.analysis.options import Options
from saelib.analysis.probe_rows import probed
from saelib.analysis.sources import Sources, opened
from saelib.analysis.writing import own_folder, write_facts, write_table
from saelib.errors import checked_type
from saelib.sae import SAE, quality
from saelib.sets import ConceptSet

__all__ = ["Analysis", "analyse"]

_WORK = ".work"
_EXPLAINED_ON = 2048  # points


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
        By name, see :data:`~saelib.analysis.columns.TABLES`; also in ``tables/NAME.parquet``.
    facts : mapping
        Sizes, L0, explained variance, dead share, seconds, checksums, options; also in ``facts.json``. See
        :data:`~saelib.analysis.columns.FACTS`.

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
    parents: Mapping[str, str] | str | os.PathLike[str] | None = None,
    drop_empty: bool = False,
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
    command: str | None = None,
) -> Analysis:
    """Hold a dictionary against concepts; write tables and a report.

    The best neuron of every concept is chosen on one half of the points and judged on the other. First comes
    a report on a random sample of the points, marked provisional; the one on all points replaces it. Who
    fires where is kept in ``out/.work``: stopped by whatever means, the same call goes on from there, and
    with other labels or tolerances it need not be found out again. The folder may be deleted afterwards.

    Parameters
    ----------
    sae : SAE or path
        A dictionary, or its folder (see :func:`saelib.load_sae`).
    points : array_like [n_points, d_in], tensor, opened points or path
        What the dictionary reads; a file or folder (see :func:`saelib.data.files.open_points`).
    concepts : ConceptSet or path
        Over these points; a file of labels (see :func:`saelib.data.files.read_concepts`).
    out : path
        Folder of the results: new, empty, or that of an earlier analysis.
    parents : mapping of str to str, or path, optional
        Which concept is a special case of which; for labels from a file.
    drop_empty : bool, default False
        Leave concepts without a point out of a file of labels; they are refused otherwise.
    groups : array_like [n_points], optional
        Points of one group (document, head word) fall into the same half.
    delta, epsilon, eta : float, default 0.1, 0.1 and 0.3
        Tolerances of detection, separation and approximation, see :class:`saelib.Alignment`.
    alpha : float, default 0.3
        Tolerance of the relation whose lattice is drawn.
    threshold : float, default 0.0
        A neuron fires where its activation exceeds it.
    audit : int, default 4
        How many concepts, the worst served ones, to ask geometry about. A few seconds to minutes each.
    seed : int, default 0
        Of the halves and of everything else that is drawn at random.
    jobs : int, optional
        Threads; as many as there are processors by default. No number in the tables depends on it.
    preview : int, default 20000
        Points of the provisional report; 0 for none. With fewer points than four times that there is none.
    resume : bool, default True
        Go on from what an earlier run of the same dictionary, points and threshold has left.
    progress : bool, default True
        Show bars if this is a terminal.
    command : str, optional
        How to repeat this, told in the report and among the facts.

    Returns
    -------
    Analysis
        Tables and facts, as written.

    Raises
    ------
    InputError
        If anything given is malformed or does not fit, or ``out`` holds something else or is in use; nothing
        is written then, except if a point far into a file turns out not to be finite.

    Notes
    -----
    Memory goes with neurons times concepts, about 100 bytes a pair, and hardly with points: their labels, a
    block of 128 MiB, at most a GiB for the neurons of which unions are made, and for the probes of parents
    half a GiB and five matrices of d_in times d_in. A number in the tables
    depends on the seed, and neither on ``jobs`` nor on where a run was stopped.

    Examples
    --------
    >>> import tempfile
    >>> from saelib.sae import TopK
    >>> points = np.repeat(np.eye(4, dtype=np.float32), 8, axis=0)
    >>> concepts = ConceptSet(points > 0, names=["north", "east", "south", "west"])
    >>> out = Path(tempfile.mkdtemp()) / "out"
    >>> analysis = analyse(SAE(4, 8, TopK(1)), points, concepts, out, audit=0)
    >>> analysis.facts["points"], sorted(item.name for item in out.iterdir() if item.name[0] != ".")
    (32, ['facts.json', 'report.html', 'tables'])
    """
    began = time.perf_counter()
    threads = (os.cpu_count() or 1) if jobs is None else jobs
    options = Options(Tolerances(delta, epsilon, eta, alpha), threshold, audit, seed, preview, threads)
    options.check()
    if command is not None:
        checked_type("command", command, str, "give the command as text or leave it out")
    sources = opened(sae, points, concepts, parents, options.threshold, drop_empty)
    n_points = sources.points.shape[0]
    choosing = choosing_half(n_points, options.seed, groups)
    firing = Firing(sources.sae, options.threshold)
    folder = Path(out).absolute()
    with own_folder(folder):
        sample = np.random.default_rng([options.seed, 4])
        chosen = sample.permutation(n_points)[: min(n_points, max(options.preview, _EXPLAINED_ON))]
        seconds: dict[str, float] = {}
        title = Path(sae).name if isinstance(sae, (str, os.PathLike)) else ""
        facts = {
            "title": title,
            "command": command,
            **_about(sources, options),
            "explained_variance": _explained(sources, chosen),
        }
        seconds["opening"] = time.perf_counter() - began
        if 0 < 4 * options.preview <= n_points:
            part = np.sort(chosen[: options.preview])
            activity, _ = encoded_sample(firing, sources.points, part, jobs=options.jobs)
            of_part = sources.concepts.take_points(part)
            found = measure(activity, of_part, choosing[part], options.tolerances, options.seed, _unaudited)
            seconds["preview"] = time.perf_counter() - began
            _written(folder, found, facts, seconds, provisional=True)
        start = time.perf_counter()
        whole = encoded(
            firing,
            sources.points,
            folder / _WORK,
            sources.key,
            jobs=options.jobs,
            resume=resume,
            progress=progress,
        )
        seconds["encoding"] = time.perf_counter() - start
        audited = partial(
            geometry_rows, whole, sources.points, sources.concepts, n=options.audit, seed=options.seed,
            jobs=options.jobs, progress=progress,
        )  # fmt: skip
        probing = partial(
            probed, activity=whole, points=sources.points, concepts=sources.concepts, choosing=choosing,
            jobs=options.jobs, progress=progress,
        )  # fmt: skip
        found = measure(
            whole, sources.concepts, choosing, options.tolerances, options.seed, audited, probing=probing,
            progress=progress,
        )  # fmt: skip
        seconds["total"] = time.perf_counter() - began
        return _written(folder, found, facts, seconds, provisional=False)


def _unaudited(rows: pd.DataFrame) -> pd.DataFrame:
    return framed("geometry", {column.name: [] for column in TABLES["geometry"].columns})


def _about(sources: Sources, options: Options) -> dict[str, Any]:
    from saelib import __version__

    return {
        "saelib": __version__,
        "d_in": sources.sae.d_in,
        "gate": repr(sources.sae.gate),
        "points_given": int(sources.points.shape[0]),
        "checksums": sources.checksums,
        "options": options.as_json(),
    }


def _explained(sources: Sources, chosen: npt.NDArray[np.int64]) -> float | None:
    rows = np.asarray(sources.points.take(np.sort(chosen[:_EXPLAINED_ON])), dtype=np.float32)
    found = quality(sources.sae, rows, batch_size=512).explained_variance
    return found if math.isfinite(found) else None


def _written(
    folder: Path, found: Measured, facts: dict[str, Any], seconds: dict[str, float], *, provisional: bool
) -> Analysis:
    from saelib.analysis.report import write_report

    spent = {stage: round(value, 3) for stage, value in {**seconds, **found.seconds}.items()}
    all_facts = {
        **facts, **found.facts, "notes": found.notes, "provisional": provisional, "seconds": spent,
    }  # fmt: skip
    for name, frame in found.tables.items():
        write_table(folder, name, frame)
    report = write_report(folder, found.tables, all_facts, found.lattice, provisional=provisional)
    write_facts(folder, all_facts)
    return Analysis(folder, report, found.tables, all_facts)
