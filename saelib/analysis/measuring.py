"""From activity and concepts to the tables and what is said about them as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.analysis.activity import Activity
from saelib.analysis.budget_rows import budget_rows
from saelib.analysis.concept_rows import Tolerances, best, concept_rows, pair_rows
from saelib.analysis.counting import Counted, count
from saelib.analysis.edge_rows import edge_rows
from saelib.analysis.family_rows import family_rows
from saelib.analysis.lattice_rows import lattice_rows
from saelib.analysis.neuron_rows import neuron_rows
from saelib.analysis.uniting import unions
from saelib.lattice import FormalConcepts
from saelib.sets import ConceptSet

__all__ = ["Measured", "measure"]


@dataclass(eq=False)
class Measured:
    """Tables, formal concepts and facts of one activity; made by :func:`measure`.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        By name, in the order of :data:`~saelib.analysis.columns.TABLES`.
    lattice : FormalConcepts or None
        What the table ``lattice`` lists.
    facts : dict
        Sizes, L0, shares and counts.
    notes : list of str
        What was left out, for the reader of the report.
    seconds : dict of str to float
        By stage.

    Examples
    --------
    >>> Measured(facts={"l0": 8.0}).facts["l0"]
    8.0
    """

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    lattice: FormalConcepts | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def measure(
    activity: Activity,
    concepts: ConceptSet,
    choosing: npt.NDArray[np.bool_],
    tolerances: Tolerances,
    seed: int,
    audited: Callable[[pd.DataFrame], pd.DataFrame],
    *,
    probing: Callable[[pd.DataFrame], tuple[pd.DataFrame, list[str]]] | None = None,
    progress: bool = False,
) -> Measured:
    """Fill every table.

    Parameters
    ----------
    activity : Activity
        Who fires.
    concepts : ConceptSet
        Over the same points.
    choosing : ndarray [n_points]
        True on the choosing half.
    tolerances : Tolerances
        Of the notions and of the lattice.
    seed : int
        Of all that is drawn at random.
    audited : callable
        From the table ``concepts`` to the table ``geometry``.
    probing : callable, optional
        From the table ``edges`` to the same with what probes say, and notes; they are not asked without it.
    progress : bool, default False
        Show bars if this is a terminal.

    Returns
    -------
    Measured
        Tables, formal concepts, facts.

    Examples
    --------
    >>> from scipy import sparse
    >>> from saelib.analysis.framing import framed
    >>> from saelib.analysis.columns import TABLES
    >>> fires = sparse.csr_array(np.array([[1, 0], [1, 0], [0, 1], [0, 1]], dtype=bool))
    >>> concepts = ConceptSet([[1], [1], [0], [0]], names=["dog"])
    >>> nothing = framed("geometry", {column.name: [] for column in TABLES["geometry"].columns})
    >>> activity, half = Activity(2, (0, 4), [fires].__getitem__), np.array([True, False, True, False])
    >>> found = measure(activity, concepts, half, Tolerances(0.1, 0.1, 0.1, 0.1), 0, lambda rows: nothing)
    >>> found.tables["concepts"][["concept", "neuron", "f1", "mutual"]].values.tolist()
    [['dog', 0, 1.0, True]]
    """
    done = Measured()
    with _timed(done, "counting"):
        counted = count(activity, concepts, choosing, seed, progress=progress)
        who = best(counted.chosen)
    with _timed(done, "unions"):
        united = unions(activity, concepts, choosing, counted.chosen, progress=progress)
    with _timed(done, "tables"):
        rows = concept_rows(counted, concepts, who, united, tolerances)
        pairs = pair_rows(counted, concepts)
    with _timed(done, "absorption"):
        edges = edge_rows(activity, concepts, choosing, counted, who, tolerances)
    of_probes: list[str] = []
    if probing is not None:
        with _timed(done, "probes"):
            edges, of_probes = probing(edges)
    with _timed(done, "families"):
        together, of_families = family_rows(activity, concepts, who, seed)
    with _timed(done, "lattice"):
        nodes, done.lattice, of_lattice = lattice_rows(counted, concepts, tolerances.alpha)
    with _timed(done, "tables"):
        neurons = neuron_rows(counted, concepts, who, united, together)
        budget = budget_rows(counted)
    with _timed(done, "geometry"):
        geometry = audited(rows)
    done.notes = [*of_probes, *of_families, *of_lattice]
    done.tables = {
        "concepts": rows, "neurons": neurons, "pairs": pairs, "edges": edges, "families": together,
        "lattice": nodes, "geometry": geometry, "budget": budget,
    }  # fmt: skip
    done.facts = _facts(counted, done.tables)
    return done


def _facts(counted: Counted, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    rows, edges = tables["concepts"], tables["edges"]
    dead = int((counted.neuron_sizes == 0).sum())
    d_sae, n = len(counted.neuron_sizes), counted.n_points
    s_sum = int(counted.concept_sizes.sum())
    return {
        "points": n,
        "points_choosing": int(counted.chosen.total),
        "points_judging": int(counted.judged.total),
        "d_sae": d_sae,
        "concepts": len(rows),
        "concepts_a_point": s_sum / n,
        "concepts_a_point_max": counted.s_max,
        "l0": counted.l0_sum / n,
        "l0_max": counted.l0_max,
        "dead": dead,
        "dead_share": dead / d_sae,
        "f1_mean": _mean(rows.f1),
        "f1_median": None if rows.f1.isna().all() else float(rows.f1.median()),
        "f1_above_half": int((rows.f1 > 0.5).sum()),
        "jaccard_mean": _mean(rows.jaccard),
        "null_jaccard_mean": _mean(rows.null_jaccard),
        "or_jaccard_mean": _mean(rows.or_jaccard),
        **{notion: int(rows[notion].sum()) for notion in ("detected", "separated", "approximated", "mutual")},
        "edges": len(edges),
        "absorbed": int(edges.absorbed.sum()),
        "absorbed_owned": int((edges.absorbed & edges.owns_parent).sum()),
        "absorbed_probed": _probed(edges, edges.absorbed & edges.owns_parent),
        "naive": int(edges.naive.sum()),
        "naive_owned": int((edges.naive & edges.owns_parent).sum()),
        "naive_controlled": _probed(edges, edges.naive & edges.owns_parent),
        "families": len(tables["families"]),
        "lattice": len(tables["lattice"]),
    }


def _probed(edges: pd.DataFrame, which: pd.Series) -> int | None:
    """Of some edges, those whose probe fires; None if it was not asked."""
    said = edges.probe[which]
    return None if said.isna().any() else int(said.sum())


def _mean(values: pd.Series) -> float | None:
    return None if values.isna().all() else float(values.mean())


@contextmanager
def _timed(done: Measured, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    done.seconds[stage] = done.seconds.get(stage, 0.0) + time.perf_counter() - start
