"""The central questions on handwritten digits: gates × sizes × sparsities × seeds, each beside its luck.

A cell trains the SAEs of one gate and one seed at every size and sparsity. The seed draws the split into
training and held-out images, the initial weights and the batches. Every SAE is measured three times:

- ``trained``: as it is;
- ``random``: before its training, firing as sparsely (`saelib.study.sweeps.nulls.random_dictionary`);
- ``shuffled``: as it is, against labels dealt out at random.

With few and frequent concepts the best of many neurons looks good by luck. So besides the best held-out
neuron there is the *chosen* one: picked on the training images, judged on the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from saelib.errors import InputError

if TYPE_CHECKING:
    from saelib.sae import SAE, SAEConfig
    from saelib.sets import ConceptSet
    from saelib.study.settings.digits import Digits
    from saelib.study.sweeps.measures import Tolerances

GATES = ("ReLU", "TopK")
KEY = ["dictionary", "gate", "d_sae", "rank", "seed"]


def cells(settings: Digits) -> list[str]:
    """One id a cell: gate and seed.

    Examples
    --------
    >>> from saelib.study.settings.digits import Digits
    >>> cells(Digits(seeds=(0, 1)))
    ['ReLU-0', 'ReLU-1', 'TopK-0', 'TopK-1']
    """
    return [f"{gate}-{seed}" for gate in GATES for seed in settings.seeds]


def config(settings: Digits, gate: str, d_sae: int, sparsity: float, seed: int) -> SAEConfig:
    """One training run of the sweep.

    Parameters
    ----------
    settings : Digits
        Training length and learning rate.
    gate : {"ReLU", "TopK"}
        Whose sparsity is meant.
    d_sae : int
        Number of neurons.
    sparsity : float
        ``k`` of Top-K, or the penalty λ of ReLU.
    seed : int
        Of the training, ≥ 0.

    Returns
    -------
    SAEConfig

    Raises
    ------
    InputError
        For another gate, or values that `saelib.sae.SAEConfig` refuses.

    Examples
    --------
    >>> from saelib.study.settings.digits import Digits
    >>> config(Digits(), "TopK", 8, 2, seed=0).gate
    TopK(k=2)
    """
    from saelib.sae import ReLU, SAEConfig, TopK

    if gate not in GATES:
        raise InputError("gate", f"is {gate!r}", f"give one of {', '.join(GATES)}")
    return SAEConfig(
        d_sae=d_sae,
        gate=TopK(int(sparsity)) if gate == "TopK" else ReLU(),
        l1_coefficient=0.0 if gate == "TopK" else float(sparsity),
        steps=settings.steps,
        batch_size=settings.batch_size,
        seed=seed,
        lr=settings.lr,
    )


def configs(settings: Digits, gate: str, seed: int) -> list[tuple[float, int, SAEConfig]]:
    """The cell's training runs: sparsity setting, its rank (0 = sparsest), configuration.

    Examples
    --------
    >>> from saelib.study.settings.digits import Digits
    >>> [(k, rank, run.d_sae) for k, rank, run in configs(Digits(sizes=(8,), budgets=(1, 2)), "TopK", 0)]
    [(1, 0, 8), (2, 1, 8)]
    """
    sparsities = settings.budgets if gate == "TopK" else settings.l1_coefficients
    return [
        (sparsity, rank, config(settings, gate, d_sae, sparsity, seed))
        for d_sae in settings.sizes
        for rank, sparsity in enumerate(sparsities)
    ]


def run_cell(settings: Digits, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train the SAEs of one cell and measure each, its random dictionary and its shuffled labels.

    Returns
    -------
    dict of str to DataFrame
        ``digits``: one row a dictionary; ``digits_concepts``: one row a dictionary and concept. The columns
        are those of `saelib.study.sweeps.measures.measure`, after dictionary, gate, d_sae, sparsity (k or
        λ), rank (0 = sparsest) and seed; a concept has besides the ``chosen`` neuron, which has the best
        Jaccard index on the training images (-1 if none fires there), and on the held-out ones its
        ``chosen_jaccard``, ``chosen_recall``, ``chosen_leak``, ``chosen_separated`` and
        ``chosen_approximated``.

    Examples
    --------
    >>> from saelib.study.settings.digits import Digits
    >>> frames = run_cell(Digits(sizes=(8,), budgets=(1, 2), steps=2), "TopK-0")
    >>> len(frames["digits"]), len(frames["digits_concepts"])       # 2 SAEs × 3 dictionaries, × 19 concepts
    (6, 114)
    """
    from saelib.data.digits import digits
    from saelib.sae import train
    from saelib.study.sweeps.nulls import random_dictionary, shuffled

    gate, seed = cell_id.split("-")[0], int(cell_id.split("-")[1])
    data = digits(seed, settings.test_size)
    human = (data.train_concepts, data.test_concepts)
    mixed = (shuffled(human[0], seed), shuffled(human[1], seed))
    saes, by_concept = [], []
    for sparsity, rank, run in configs(settings, gate, seed):
        sae = train(data.train_points, run, progress=False).sae
        null = random_dictionary(sae, data.train_points, seed)
        dictionaries = {"trained": (sae, human), "random": (null, human), "shuffled": (sae, mixed)}
        for name, (which, concepts) in dictionaries.items():
            labels = {"dictionary": name, "gate": gate, "d_sae": run.d_sae}
            labels |= {"sparsity": float(sparsity), "rank": rank, "seed": seed}
            points = (data.train_points, data.test_points)
            a, b = measure_both(which, points, concepts, settings.tolerances, labels)
            saes.append(a)
            by_concept.append(b)
    return {
        "digits": pd.concat(saes, ignore_index=True),
        "digits_concepts": pd.concat(by_concept, ignore_index=True),
    }


def measure_both(
    sae: SAE,
    points: tuple[np.ndarray, np.ndarray],
    concepts: tuple[ConceptSet, ConceptSet],
    tolerances: Tolerances,
    labels: dict[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure on held-out points, and add the neurons that were chosen on the training points.

    Parameters
    ----------
    sae : SAE
        Any.
    points, concepts : pair of ndarray, pair of ConceptSet
        First the training points, then the held-out ones; the same concepts over both.
    tolerances : Tolerances
        When something counts as learned.
    labels : dict
        Columns that say which SAE this is.

    Returns
    -------
    saes, by_concept : DataFrame
        As from `saelib.study.sweeps.measures.measure`, ``by_concept`` with the ``chosen`` columns.

    Examples
    --------
    >>> from saelib import SAE, ConceptSet, ReLU
    >>> from saelib.study.sweeps.measures import Tolerances
    >>> x = np.random.default_rng(0).normal(size=(60, 2)).astype("float32")
    >>> halves = [ConceptSet(part[:, :1] > 0, names=["right"]) for part in (x[:30], x[30:])]
    >>> _, frame = measure_both(SAE(2, 4, ReLU()), (x[:30], x[30:]), halves, Tolerances(), {})
    >>> bool(frame.chosen_jaccard[0] <= frame.jaccard[0])
    True
    """
    from saelib import ActivationSets, align
    from saelib.study.sweeps.measures import measure

    first, second = (
        align(ActivationSets.from_sae(sae, x, progress=False), c)
        for x, c in zip(points, concepts, strict=True)
    )
    saes, frame = measure(sae, points[1], concepts[1], tolerances, labels, second)
    chosen, column = first.learn("jaccard"), np.arange(first.n_concepts)
    found = chosen >= 0
    frame["chosen"] = chosen
    for name, values in (
        ("jaccard", second.jaccard),
        ("recall", second.recall),
        ("leak", second.leak),
        ("separated", second.separated(tolerances.delta, tolerances.epsilon)),
        ("approximated", second.approximated(tolerances.eta)),
    ):
        frame[f"chosen_{name}"] = np.where(found, values[chosen, column], values.dtype.type(0))
    return saes, frame


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as two tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> frame = pd.DataFrame({name: [0] for name in KEY})
    >>> sorted(gather([{"digits": frame, "digits_concepts": frame}]))
    ['digits', 'digits_concepts']
    """
    tables = {}
    for name in ("digits", "digits_concepts"):
        whole = pd.concat([frame[name] for frame in frames], ignore_index=True)
        tables[name] = whole.sort_values(KEY, kind="stable", ignore_index=True)
    return tables
