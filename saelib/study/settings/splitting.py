"""Settings: concepts watched while the dictionary grows."""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class Splitting:
    """Dictionaries of growing size on the central experiment's worlds, each matched with the next.

    Parameters
    ----------
    sizes : tuple of int
        Dictionary sizes, ascending.
    twins : tuple of int
        Those of them that are trained a second time, from another start and with other batches: what one
        dictionary flows into without growth.
    k : int
        Neurons that fire on a point with Top-K.
    l1_coefficient : float
        Penalty of ReLU, chosen for an L0 near ``k`` in the central experiment.
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    n_train, n_test : int
        Points to train on and points to judge on.
    n_choice : int
        Of the training points, those on which neurons and parts are chosen.
    n_search : int
        Of those, the points over which the splitting number is searched for: the programmes that bound it
        from below grow with the points.
    eta : float
        Jaccard distance within which an OR-unit must come for the splitting number.
    most_parts : int
        Parts of a concept, the largest first, between which gaps are measured.
    n_cut : int
        Roots, the first ones that are split, whose parts are held against random cuts of the same points.
    part_inside, part_lift : float
        A fine neuron flows from a coarse one if at least this share of its firing lies inside it, and at
        least so many times more often than chance has it; ``tolerances`` says how much of the coarse one it
        must cover.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    tolerances : Tolerances
        When a neuron lies inside a concept.

    Examples
    --------
    >>> len(Splitting().sizes) * len(Splitting().seeds) * 2
    70
    """

    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1024)
    twins: tuple[int, ...] = (16, 64, 256)
    k: int = 4
    l1_coefficient: float = 0.15
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    n_train: int = 60_000
    n_test: int = 20_000
    n_choice: int = 20_000
    n_search: int = 2_000
    eta: float = 0.2
    most_parts: int = 2
    n_cut: int = 2
    part_inside: float = 0.5
    part_lift: float = 2.0
    steps: int = 600
    batch_size: int = 1_024
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


FULL = Splitting()
QUICK = Splitting(
    sizes=(16, 32, 64),
    twins=(16, 32),
    seeds=(0, 1),
    n_train=10_000,
    n_test=2_000,
    n_choice=3_000,
    n_search=500,
    n_cut=1,
    steps=120,
)
