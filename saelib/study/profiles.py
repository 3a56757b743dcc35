"""The study's two sizes: ``full`` is what the book shows, ``quick`` goes the same way in minutes.

A sweep plugs in by one entry in ``SWEEPS`` and one of settings in each profile that runs it. Notebook
defaults are the full study's, so only ``quick`` lists parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from saelib.study.plan import Profile, Sweep
from saelib.study.sweeps.measures import Tolerances


@dataclass(frozen=True)
class SizeAndSparsity:
    """The central experiment: gates × sizes × sparsities × seeds on one concept forest.

    Parameters
    ----------
    branching : tuple of int
        Roots, children of a root, children of a child; 6, 3, 4 makes 96 concepts on 3 levels.
    firing : tuple of float
        By level: P(a root is on), then P(a child is on | its parent is). Every frequency stays below the
        1/6 up to which the default tolerances make approximation imply separation.
    amplitude : pair of float
        A concept's amplitude is uniform between them.
    noise : float
        Standard deviation of the noise in each coordinate.
    d_in : int
        Dimension of the points; fewer than the concepts, so that they are in superposition.
    n_train, n_test : int
        Points to train on and points to judge on.
    sizes : tuple of int
        Dictionary sizes ``d_sae``.
    budgets : tuple of int
        ``k`` of Top-K, from sparse to dense.
    l1_coefficients : tuple of float
        Penalties of ReLU, from sparse (large) to dense (small).
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    tolerances : Tolerances
        When a concept counts as learned.

    Examples
    --------
    >>> settings = SizeAndSparsity()
    >>> len(settings.sizes) * (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    360
    """

    branching: tuple[int, ...] = (6, 3, 4)
    firing: tuple[float, ...] = (0.15, 0.3, 0.22)
    amplitude: tuple[float, float] = (0.5, 1.5)
    noise: float = 0.02
    d_in: int = 64
    n_train: int = 60_000
    n_test: int = 20_000
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512)
    budgets: tuple[int, ...] = (1, 2, 3, 4, 8, 16)
    l1_coefficients: tuple[float, ...] = (1.2, 0.6, 0.3, 0.15, 0.06, 0.03)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 1_000
    batch_size: int = 1_024
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


@dataclass(frozen=True)
class Digits:
    """The same questions on handwritten digits.

    Parameters
    ----------
    test_size : float
        Share of the 1,797 images held out; a third leaves about 60 of every digit to judge on.
    sizes, budgets, l1_coefficients, seeds : tuple
        As in `SizeAndSparsity`. The penalties were set by the number of neurons that fire (1 to 13 of 16
        on an image), before any concept was looked at.
    steps, batch_size, lr : int, int, float
        Training length and peak learning rate.
    tolerances : Tolerances
        Those of the central experiment. For a digit (frequency 0.1, below the 1/6 of T1b) approximation
        implies separation; for parity (0.5) it does not: an η of 0.2 admits a leak of 0.25 there.

    Examples
    --------
    >>> settings = Digits()
    >>> len(settings.sizes) * (len(settings.budgets) + len(settings.l1_coefficients)) * len(settings.seeds)
    250
    """

    test_size: float = 1 / 3
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256)
    budgets: tuple[int, ...] = (1, 2, 4, 8, 16)
    l1_coefficients: tuple[float, ...] = (2.0, 1.0, 0.5, 0.2, 0.05)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 800
    batch_size: int = 256
    lr: float = 1e-2
    tolerances: Tolerances = field(default_factory=Tolerances)


@dataclass(frozen=True)
class Tightness:
    """How fast units of tangent neurons close in on a ball, in three and four dimensions.

    The plane needs no sweep: there the best unit and its excess are known exactly.

    Parameters
    ----------
    dimensions : tuple of int
        Of the ball.
    sizes : tuple of int
        Numbers of neurons.
    seeds : tuple of int
        Of the start from which the directions are spread.
    steps : int
        L-BFGS iterations that spread them; by then the excess falls by less than 0.1 % in ten more.
    n_samples : int
        Directions along which the radial formula checks each volume.

    Examples
    --------
    >>> settings = Tightness()
    >>> len(settings.dimensions) * len(settings.sizes) * len(settings.seeds)
    80
    """

    dimensions: tuple[int, ...] = (3, 4)
    sizes: tuple[int, ...] = (16, 32, 64, 128, 256, 512, 1_024, 2_048)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    steps: int = 60
    n_samples: int = 20_000


@dataclass(frozen=True)
class OneNeuron:
    """What one neuron can do: hard instances, packings, Cover's count, its transition, and digits.

    Parameters
    ----------
    n_instances : int
        Pairs of sets with a known answer.
    chunks : int
        Cells that share them, and the packings.
    n_small, n_large, n_neurons : int
        Instances on which all neurons are listed, larger ones, and random neurons tried on each of those.
    polish : int
        Errors that the hinge neuron tries to make right on digits.
    small_dimensions, most_points, n_sets : tuple of int, int, int
        Of the point sets whose subsets are listed: dimensions, largest number of points, sets of each size.
    dimensions : tuple of int
        Of the points labelled at random.
    loads : tuple of float
        Numbers of such points, as multiples of n + 1.
    n_labels, n_labels_at_half : int
        Labellings for each, and at N = 2(n + 1); 2,500 have a standard error of 0.01 there.
    digit_concepts : tuple of str
        Concepts of digits to ask about; all of them if empty.
    n_nulls : int
        Random sets of images beside each.
    subsample_sizes, n_subsamples : tuple of int, int
        Numbers of images drawn for the question of parity, and draws of each.
    seed : int
        Of everything.

    Examples
    --------
    >>> OneNeuron().n_instances
    10000
    """

    n_instances: int = 10_000
    chunks: int = 8
    n_small: int = 320
    n_large: int = 32
    n_neurons: int = 2_000
    polish: int = 32
    small_dimensions: tuple[int, ...] = (1, 2, 3, 4)
    most_points: int = 10
    n_sets: int = 3
    dimensions: tuple[int, ...] = (2, 4, 8, 16, 32, 64)
    loads: tuple[float, ...] = (1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
    n_labels: int = 400
    n_labels_at_half: int = 2_500
    digit_concepts: tuple[str, ...] = ()
    n_nulls: int = 5
    subsample_sizes: tuple[int, ...] = (30, 60, 80, 100, 120, 140, 170, 200, 300, 400, 600)
    n_subsamples: int = 60
    seed: int = 0


@dataclass(frozen=True)
class Units:
    """Units of several neurons: whether they exist, how many they need at least, and for which digits.

    Parameters
    ----------
    dimensions : tuple of int
        Of the instances on which T3 is tried.
    existence_trials : int
        Instances of each of six kinds and dimensions, held against another test of the hull.
    least_trials : int
        Instances of each of two kinds and dimensions that are solved exactly.
    point_dimensions, point_ratios, point_trials : tuple of int, tuple of float, int
        A single point among random negatives: dimensions, negatives a dimension, instances of each.
    concepts : tuple of str
        Concepts of digits to build units for; all of them if empty.
    seed : int
        Of every instance.

    Examples
    --------
    >>> settings = Units()
    >>> settings.existence_trials * 6 * len(settings.dimensions)
    2520
    """

    dimensions: tuple[int, ...] = (2, 3, 4, 5, 6, 7, 8)
    existence_trials: int = 60
    least_trials: int = 25
    point_dimensions: tuple[int, ...] = (2, 4, 8, 16)
    point_ratios: tuple[float, ...] = (1.0, 1.5, 1.75, 2.0, 2.25, 2.5, 3.0, 4.0)
    point_trials: int = 60
    concepts: tuple[str, ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class WhoseFault:
    """What geometry allows against what training achieves, as noise grows.

    Parameters
    ----------
    noises : tuple of float
        Standard deviation of the noise in each coordinate; the central experiment has 0.02.
    seeds : tuple of int
        One world, one sample of it and one initialisation each.
    d_sae : int
        Neurons of both dictionaries.
    k : int
        Neurons that fire on a point in the Top-K dictionary.
    l1_coefficients : tuple of float
        Penalties of ReLU, of which the one is audited whose L0 on the training points is nearest to ``k``.
    per_level : int
        Concepts audited on each level of the forest.
    n_train, n_test : int
        Points to train on and points to audit on.
    steps : int
        Training length.

    Examples
    --------
    >>> len(WhoseFault().noises) * len(WhoseFault().seeds)
    15
    """

    noises: tuple[float, ...] = (0.02, 0.1, 0.2, 0.3, 0.4)
    seeds: tuple[int, ...] = (0, 1, 2)
    d_sae: int = 256
    k: int = 4
    l1_coefficients: tuple[float, ...] = (0.15, 0.6, 1.2, 1.6, 2.2)
    per_level: int = 6
    n_train: int = 60_000
    n_test: int = 4_000
    steps: int = 1_000


SWEEPS = {
    "size_and_sparsity": Sweep(
        "saelib.study.sweeps.size_and_sparsity", tables=("size_and_sparsity", "size_and_sparsity_concepts")
    ),
    "digits": Sweep("saelib.study.sweeps.digits", tables=("digits", "digits_concepts")),
    "tightness": Sweep("saelib.study.sweeps.tightness", tables=("tightness",)),
    "whose_fault": Sweep("saelib.study.sweeps.whose_fault", tables=("whose_fault",)),
    "one_neuron": Sweep(
        "saelib.study.sweeps.one_neuron",
        tables=(
            "one_neuron_adversarial",
            "one_neuron_packing",
            "one_neuron_counts",
            "one_neuron_transition",
            "one_neuron_digits",
            "one_neuron_subsamples",
        ),
    ),
    "units": Sweep(
        "saelib.study.sweeps.units",
        tables=("units_existence", "units_least", "units_around_a_point", "units_digits"),
    ),
}

PROFILES = {
    "full": Profile(
        "full",
        settings={
            "size_and_sparsity": SizeAndSparsity(),
            "digits": Digits(),
            "tightness": Tightness(),
            "one_neuron": OneNeuron(),
            "units": Units(),
            "whose_fault": WhoseFault(),
        },
        published=True,
    ),
    "quick": Profile(
        "quick",
        settings={
            "size_and_sparsity": SizeAndSparsity(
                n_train=20_000,
                n_test=5_000,
                sizes=(16, 64, 256),
                budgets=(1, 4, 16),
                l1_coefficients=(1.2, 0.3, 0.03),
                seeds=(0, 1),
                steps=400,
            ),
            "digits": Digits(
                sizes=(16, 64),
                budgets=(1, 4, 16),
                l1_coefficients=(2.0, 0.5, 0.05),
                seeds=(0, 1),
                steps=400,
            ),
            "tightness": Tightness(sizes=(16, 32, 64, 96, 128, 256), seeds=(0, 1), steps=20, n_samples=5_000),
            "units": Units(
                dimensions=(2, 4),
                existence_trials=10,
                least_trials=4,
                point_dimensions=(2, 4),
                point_trials=30,
                concepts=("even", "digit 0", "digit 8"),
            ),
            "one_neuron": OneNeuron(
                n_instances=320,
                chunks=1,
                n_small=24,
                n_large=3,
                n_neurons=500,
                polish=0,
                most_points=7,
                n_sets=1,
                dimensions=(2, 4, 8),
                n_labels=60,
                n_labels_at_half=625,
                n_nulls=1,
                subsample_sizes=(60, 100, 140, 200),
                n_subsamples=10,
                digit_concepts=("digit 0", "digit 8", "digit 9", "even"),
            ),
            "whose_fault": WhoseFault(
                noises=(0.02, 0.2, 0.4),
                seeds=(0, 1),
                d_sae=64,
                l1_coefficients=(0.15, 1.2),
                per_level=2,
                n_test=1_500,
                steps=200,
            ),
        },
        parameters={
            "01_three_notions": {"n_instances": 20_000},
            "13_absolute_and_relative_gating": {
                "n_points": 20_000,
                "n_triples": 20_000,
                "n_middles": 100,
                "n_samples": 10,
                "n_seeds": 2,
                "steps": 100,
            },
            "12_tight_in_the_whole_space": {"n_samples": 50_000},
            "14_capacity": {"n_instances": 10_000},
            "15_noise_and_samples": {"n_instances": 10_000, "n_points": 4_000, "repeats": 100},
        },
    ),
}
