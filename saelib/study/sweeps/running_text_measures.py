"""One dictionary on running text: neurons and thresholds chosen on some chapters, judged on others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from saelib.data.language.token_pieces import WINDOW

if TYPE_CHECKING:
    from saelib.alignment import NeuronsWithThresholds
    from saelib.data.language import TokenActivations, Tokens
    from saelib.sae import SAE
    from saelib.sets import ConceptSet
    from saelib.study.settings.running_text import RunningText

_ROWS = 2048


@dataclass(frozen=True, eq=False)
class Judging:
    """What is needed to choose and to judge, of one split by chapter.

    Attributes
    ----------
    half : ndarray of bool [n]
        The pieces of the half to train and choose on.
    points : tuple of ndarray [n_half, d_in]
        Hidden states of some windows to choose on, then of some to judge on.
    concepts : tuple of ConceptSet
        Over those pieces: the concepts that hold for enough of both.
    ids : tuple of ndarray
        Which pieces there are in the **whole** half to choose on [n_half], for the lookup table; then which
        those to judge on are.
    counted : ConceptSet
        The same concepts over the whole half to choose on.
    kinds : tuple of str
        Of the concepts: "token", "word" or "context".

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> Judging(np.array([True]), (), (), (), ConceptSet([[1]]), ("token",)).kinds
    ('token',)
    """

    half: npt.NDArray[np.bool_]
    points: tuple[npt.NDArray[np.float32], ...]
    concepts: tuple[ConceptSet, ...]
    ids: tuple[npt.NDArray[np.integer], ...]
    counted: ConceptSet
    kinds: tuple[str, ...]


def judging(tokens: Tokens, activations: TokenActivations, settings: RunningText, seed: int) -> Judging:
    """Split the text by chapter and take windows of each half to choose and to judge on.

    Parameters
    ----------
    tokens, activations : Tokens, TokenActivations
        Of the same pieces.
    settings : RunningText
        How many windows, and how often a concept must hold.
    seed : int
        Of the split and of the windows, ≥ 0.

    Returns
    -------
    Judging

    Examples
    --------
    >>> from saelib.data.language import token_activations, token_data
    >>> from saelib.study.settings.running_text import QUICK
    >>> judging(token_data(4000), token_activations(3, 4000), QUICK, 0).kinds[0]  # doctest: +SKIP
    'token'
    """
    from saelib.data.language import token_halves

    half = token_halves(tokens, seed)
    rng = np.random.default_rng(seed)
    rows = []
    for side in (half, ~half):
        windows = np.flatnonzero(side[::WINDOW])
        drawn = np.sort(rng.permutation(windows)[: settings.judged])
        rows.append((drawn[:, None] * WINDOW + np.arange(WINDOW)).ravel())
    both = [tokens.concepts.take_points(which) for which in rows]
    often = np.flatnonzero(np.minimum(both[0].sizes, both[1].sizes) >= settings.least)
    return Judging(
        half=half,
        points=tuple(activations.rows(_mask(which, len(half))) for which in rows),
        concepts=tuple(concepts.select(often) for concepts in both),
        ids=(tokens.ids[half], tokens.ids[rows[1]]),
        counted=tokens.concepts.take_points(np.flatnonzero(half)).select(often),
        kinds=tuple(tokens.kinds[i] for i in often),
    )


def encoded(sae: SAE, points: npt.NDArray[np.float32]) -> sparse.csr_array:
    """Activations of an SAE, of which only those above 0 are stored.

    Parameters
    ----------
    sae : SAE
        Any.
    points : ndarray [n_points, d_in]
        What it reads.

    Returns
    -------
    csr_array of float32 [n_points, d_sae]

    Examples
    --------
    >>> from saelib.sae import SAE, TopK
    >>> encoded(SAE(2, 4, TopK(1)), np.ones((3, 2), dtype=np.float32)).nnz
    3
    """
    import torch

    with torch.no_grad():
        parts = [
            sparse.csr_array(sae.encode(points[start : start + _ROWS]).numpy())
            for start in range(0, len(points), _ROWS)
        ]
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def permuted(concepts: tuple[ConceptSet, ...], seed: int) -> tuple[ConceptSet, ...]:
    """The labels of other windows of the same half, each window's turned in a circle by a random shift.

    What holds for a piece tends to hold for the next; labels dealt out piece by piece would lose that, and
    make too easy a null. Whole windows keep it. Without the turn the place in the window would survive.

    Parameters
    ----------
    concepts : tuple of ConceptSet
        Over whole windows of 126 pieces, on each half.
    seed : int
        ≥ 0.

    Returns
    -------
    tuple of ConceptSet
        As frequent as before.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> run = ConceptSet(np.arange(252)[:, None] < 50)
    >>> mixed = permuted((run,), seed=0)[0]
    >>> mixed.sizes.tolist(), bool((mixed[0] == run[0]).all())
    ([50], False)
    """
    rng = np.random.default_rng(seed)
    found = []
    for one in concepts:
        n = one.n_points // WINDOW
        place = (np.arange(WINDOW) + rng.integers(WINDOW, size=(n, 1))) % WINDOW
        found.append(one.take_points((rng.permutation(n)[:, None] * WINDOW + place).ravel()))
    return tuple(found)


def by_concept(
    choosing: Any,
    deciding: Any,
    concepts: tuple[ConceptSet, ...],
    kinds: tuple[str, ...],
    settings: RunningText,
) -> pd.DataFrame:
    """For every concept the neuron and threshold that are best on one half, on the other.

    Parameters
    ----------
    choosing, deciding : csr_array [n_half, d_sae]
        Activations ≥ 0 on the two halves.
    concepts : tuple of ConceptSet
        Over the two halves.
    kinds : tuple of str
        Of the concepts.
    settings : RunningText
        Thresholds and tolerances.

    Returns
    -------
    DataFrame
        One row a concept: ``concept``, ``kind``, ``parent`` (unavailable for a root), ``neuron`` (-1 for
        none), ``threshold``, ``chosen_jaccard`` (where it was chosen), and the columns of `scores`.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> from saelib.study.settings.running_text import RunningText
    >>> human = ConceptSet([[1], [0]], names=["yes"])
    >>> acts = sparse.csr_array([[1.0], [0.0]])
    >>> by_concept(acts, acts, (human, human), ("token",), RunningText()).jaccard.tolist()
    [1.0]
    """
    from saelib.alignment import best_with_threshold

    chosen = best_with_threshold(choosing, concepts[0], settings.quantiles)
    frame = scores(chosen.scored_on(deciding, concepts[1]), concepts[1], kinds, settings)
    frame.insert(3, "neuron", chosen.neurons)
    frame.insert(4, "threshold", chosen.thresholds)
    frame.insert(5, "chosen_jaccard", chosen.jaccard)
    return frame


def scores(
    found: NeuronsWithThresholds, concepts: ConceptSet, kinds: tuple[str, ...], settings: RunningText
) -> pd.DataFrame:
    """How sets chosen for the concepts do, with the three notions.

    Parameters
    ----------
    found : NeuronsWithThresholds
        Counts on the judging half.
    concepts : ConceptSet
        There.
    kinds : tuple of str
        Of the concepts.
    settings : RunningText
        Tolerances.

    Returns
    -------
    DataFrame
        One row a concept: ``concept``, ``kind``, ``parent``, ``frequency``, ``jaccard``, ``recall``,
        ``precision``, ``leak``, ``detected``, ``separated``, ``approximated``.

    Examples
    --------
    >>> from saelib import ConceptSet
    >>> from saelib.alignment import best_with_threshold
    >>> from saelib.study.settings.running_text import RunningText
    >>> human = ConceptSet([[1], [0], [0]], names=["yes"])
    >>> found = best_with_threshold([[1.0], [1.0], [0.0]], human, [0.0])
    >>> scores(found, human, ("token",), RunningText())[["recall", "leak"]].values.tolist()
    [[1.0, 0.5]]
    """
    t, names = settings.tolerances, concepts.names
    leak = (found.sizes - found.both) / np.maximum(concepts.n_points - found.concept_sizes, 1)
    # Shares of whole numbers against tolerances, with room for the rounding of a decimal fraction.
    detected = found.recall >= 1 - t.delta - 1e-12
    return pd.DataFrame(
        {
            "concept": list(names),
            "kind": list(kinds),
            "parent": pd.array([names[p] if p >= 0 else pd.NA for p in concepts.parents], dtype="string"),
            "frequency": found.concept_sizes / concepts.n_points,
            "jaccard": found.jaccard,
            "recall": found.recall,
            "precision": found.precision,
            "leak": leak,
            "detected": detected,
            "separated": detected & (leak <= t.epsilon + 1e-12),
            "approximated": found.jaccard >= 1 - t.eta - 1e-12,
        }
    )


def _mask(rows: npt.NDArray[np.integer], n: int) -> npt.NDArray[np.bool_]:
    mask = np.zeros(n, dtype=bool)
    mask[rows] = True
    return mask
