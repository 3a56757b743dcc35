"""Settings: the lattices of trained dictionaries."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SaeLattice:
    """Many-to-many relations, lost implications and hidden cases, in the world of the central experiment.

    Parameters
    ----------
    d_sae : int
        Neurons of every dictionary: a third more than there are concepts.
    dictionaries : tuple of (str, int)
        Gate and wanted neurons a point; the penalty of ReLU is steered there.
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    n_train, n_choice, n_test : int
        Points to train on, how many of them neurons are chosen on, and others to judge on.
    steps : int
        Training length.
    alphas : tuple of float
        Tolerances at which the relation of concepts and neurons is looked at, ascending.
    decided_at : float
        The one of them at which E7 is decided, for the notion "approximated".
    part_precision, part_recall, stricter_recall, part_whole : float
        A part of a concept lies inside it (precision at least the first), holds at least the second share of
        it, for comparison the third, and at most the fourth.
    part_of_child : float
        At most this share of a part's firing is on any one child of the concept.
    lost_confidence : float
        An edge of the forest is lost if the parent's neuron fires on at most this share of the child's.
    meant : float
        Least precision of the two neurons of a lost edge, so that they speak of their concepts.
    matched_jaccard : float
        Least Jaccard index of a plain match.
    min_share : float
        Least support and least Δ of formal concepts of points × neurons, as a share of the points.

    Examples
    --------
    >>> settings = SaeLattice()
    >>> len(settings.dictionaries) * len(settings.seeds), settings.decided_at in settings.alphas
    (20, True)
    """

    d_sae: int = 128
    dictionaries: tuple[tuple[str, int], ...] = (("TopK", 2), ("TopK", 4), ("TopK", 8), ("ReLU", 4))
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    n_train: int = 60_000
    n_choice: int = 20_000
    n_test: int = 20_000
    steps: int = 700
    alphas: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
    decided_at: float = 0.5
    part_precision: float = 0.9
    part_recall: float = 0.02
    stricter_recall: float = 0.1
    part_whole: float = 0.9
    part_of_child: float = 0.5
    lost_confidence: float = 0.5
    meant: float = 0.5
    matched_jaccard: float = 0.5
    min_share: float = 0.005


FULL = SaeLattice()
QUICK = SaeLattice(
    dictionaries=(("TopK", 2), ("ReLU", 4)),
    seeds=(0, 1),
    n_train=15_000,
    n_choice=6_000,
    n_test=4_000,
    steps=150,
    alphas=(0.1, 0.3, 0.5, 0.7),
)
