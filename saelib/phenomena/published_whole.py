"""SAEBench's absorption score from beginning to end: probe, split set, every point, mean (version 0.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from saelib.errors import InputError, checked_type
from saelib.phenomena.probing import ConceptProbe, concept_probe, split_set
from saelib.phenomena.published import published_absorption
from saelib.sets import ConceptSet

if TYPE_CHECKING:
    from saelib.sae import SAE

__all__ = ["published_scores"]

LEAST_F1 = 0.6  # of the probe; below it the concept is not scored


def published_scores(
    sae: SAE,
    points: npt.ArrayLike,
    concepts: ConceptSet,
    held_out_points: npt.ArrayLike,
    held_out_concepts: ConceptSet,
    *,
    names: Iterable[str] | None = None,
    probes: Mapping[str, ConceptProbe] | None = None,
    most: int = 10,
    gain: float = 0.03,
) -> pd.DataFrame:
    """Score concepts by SAEBench's full and fractional absorption, and every child of each by itself.

    The published evaluation asks of 26 first letters; here the concepts are those of the set. Probes and the
    order of the neurons come from training points, the F1 of the split set and the scores from held-out ones.

    Parameters
    ----------
    sae : SAE
        Any gate.
    points, held_out_points : array_like [n_points, d_in]
        Two samples.
    concepts, held_out_concepts : ConceptSet
        The same concepts on each.
    names : iterable of str, optional
        Concepts to score; by default those that have children.
    probes : mapping of str to ConceptProbe, optional
        Probes fitted before, by name: they do not depend on the SAE.
    most, gain : int, float
        As for :func:`~saelib.phenomena.split_set`.

    Returns
    -------
    pandas.DataFrame
        For every concept one row over all its points, then one over the points of each child:

        - ``concept``; ``child``: ``<NA>`` in the first row.
        - ``n_found``: held-out points there that the probe takes for the concept; the scores are means over
          them.
        - ``fraction``, ``full``: mean absorption fraction and rate of full absorption; nullable, ``<NA>``
          if ``n_found`` is 0 or the probe's F1 is 0.6 or less, as published.
        - ``probe_f1``: of the probe on held-out points.
        - ``split``: the split set; ``split_f1``: F1 of its sparse probe.

    Raises
    ------
    InputError
        If points and concepts do not fit, a name is unknown, or a concept holds nowhere or everywhere on
        one of the samples.

    References
    ----------
    Karvonen et al. 2025 (SAEBench), evaluation *absorption* as of version 0.6; Chanin et al. 2024,
    arXiv:2409.14507.

    Examples
    --------
    A dictionary whose neuron of the child has taken in the parent, and is silent on the child:

    >>> from saelib.phenomena import absorbing_sae
    >>> held = np.array([[1, 0]] * 6 + [[1, 1]] * 3 + [[0, 0]] * 6, dtype=bool)
    >>> animals = ConceptSet(held, names=["animal", "dog"], parents=[-1, 0])
    >>> sae = absorbing_sae(np.eye(2), [-1, 0], {1: 1.0})
    >>> frame = published_scores(sae, held.astype(float), animals, held.astype(float), animals, most=1)
    >>> frame[["child", "n_found", "fraction", "full"]].to_numpy().tolist()
    [[<NA>, 9, 0.333..., 0.333...], ['dog', 3, 1.0, 1.0]]
    """
    checked_type("concepts", concepts, ConceptSet, "wrap the labels in saelib.ConceptSet")
    checked_type("held_out_concepts", held_out_concepts, ConceptSet, "wrap the labels in saelib.ConceptSet")
    import torch

    if concepts.names != held_out_concepts.names:
        raise InputError("held_out_concepts", "are other concepts", "give the same concepts on both samples")
    x, other = (
        _fitting("points", points, concepts),
        _fitting("held_out_points", held_out_points, held_out_concepts),
    )
    children = held_out_concepts.parents
    wanted = [concepts.names[i] for i in np.unique(children[children >= 0])] if names is None else list(names)
    with torch.no_grad():
        acts, held_acts = (sae.encode(each).double().cpu().numpy() for each in (x, other))
        decoder = sae.W_dec.double().cpu().numpy()
    rows: list[dict[str, object]] = []
    for name in wanted:
        i = concepts.index(name)
        y, truth = (_member(family, i) for family in (concepts, held_out_concepts))
        probe = (probes or {}).get(name) or concept_probe(x, y)
        parts = split_set(acts, y, held_acts, truth, most=most, gain=gain)
        found = probe.finds(other)
        f1 = 2 * int((found & truth).sum()) / (int(found.sum()) + int(truth.sum()))
        right = np.flatnonzero(found & truth)
        shared: dict[str, object] = {"concept": name, "probe_f1": f1, "split": parts.neurons}
        shared["split_f1"] = parts.f1[len(parts.neurons) - 1]
        if not len(right):
            scores = pd.DataFrame({"fraction": [], "full": []})
        else:
            scores = published_absorption(
                other[right], held_acts[right], decoder, probe.direction, parts.neurons
            )
        rows.append(_row(shared, pd.NA, scores, f1))
        for child in np.flatnonzero(children == i):
            inside = _member(held_out_concepts, int(child))[right]
            rows.append(_row(shared, held_out_concepts.names[child], scores[inside], f1))
    columns = ["concept", "child", "n_found", "fraction", "full", "probe_f1", "split", "split_f1"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.astype({"child": "string", "fraction": "Float64", "full": "Float64"})


def _row(
    shared: dict[str, object], child: object, scores: pd.DataFrame, probe_f1: float
) -> dict[str, object]:
    scored = len(scores) > 0 and probe_f1 > LEAST_F1
    return shared | {
        "child": child,
        "n_found": len(scores),
        "fraction": float(scores.fraction.mean()) if scored else pd.NA,
        "full": float(scores.full.mean()) if scored else pd.NA,
    }


def _member(concepts: ConceptSet, which: int) -> npt.NDArray[np.bool_]:
    inside = np.zeros(concepts.n_points, dtype=np.bool_)
    inside[concepts.extent(which)] = True
    return inside


def _fitting(name: str, points: npt.ArrayLike, concepts: ConceptSet) -> npt.NDArray[np.floating]:
    x = np.asarray(points)
    if x.ndim != 2 or len(x) != concepts.n_points:
        raise InputError(name, f"has shape {x.shape}", f"give one row for each of {concepts.n_points} points")
    return x
