"""SynthSAEBench's recipe, streamed: six gates at one L0, the recipe's measures beside sets.

A cell is one seed: a world, a stream of its points that is never in memory as a whole, and six dictionaries
trained side by side on the very same batches.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from saelib.alignment import Alignment
    from saelib.data.synthetic import ForestSample
    from saelib.sae import SAE
    from saelib.sets import ActivationSets
    from saelib.study.settings.peers_ground import PeersGround
    from saelib.study.sweeps.measures import Tolerances

GATES = {
    "ReLU": "ReLU",
    "Gated": "Gated",
    "JumpReLU": "JumpReLU",
    "TopK": "TopK",
    "BatchTopK": "BatchTopK",
    "Matryoshka": "MatryoshkaBatchTopK",
}
"""The gates by the names of the tables, and what `saelib.study.sweeps.matching` calls them."""

EXAMPLE = "BatchTopK"
"""The gate whose dictionary the example is taken from."""

_TEST = 1_000_000  # added to a seed for the held-out points, so that they are never those trained on
_EXAMPLE_POINTS = 1_500  # of the example: so many inside its concept and as many outside


def cells(settings: PeersGround) -> list[str]:
    """One id a seed.

    Examples
    --------
    >>> from saelib.study.settings.peers_ground import PeersGround
    >>> cells(PeersGround(seeds=(0, 3)))
    ['seed0', 'seed3']
    """
    return [f"seed{seed}" for seed in settings.seeds]


def run_cell(settings: PeersGround, cell_id: str) -> dict[str, pd.DataFrame]:
    """Train six dictionaries on one stream and measure them.

    Returns
    -------
    dict of str to DataFrame
        ``peers_ground``: one row a gate, dictionary (``trained``, or ``random``: other directions, the same
        firing rates) and whether dead neurons are ``included`` or ``excluded``; columns in `_row`.
        ``peers_ground_concepts``: one row a gate and concept, the columns of
        `saelib.phenomena.concept_recovery`, whether the concept is learned, and what the matched neuron's
        mistakes have in common, see `_mistakes`.
        ``peers_ground_example``: points of one concept that has the right direction and the wrong points,
        see `_example`; of the first seed only.

    Examples
    --------
    >>> from saelib.study.settings.peers_ground import PeersGround
    >>> tiny = PeersGround(n_concepts=90, d_in=8, d_sae=16, steps=3, n_choice=300, n_test=300, n_null=2)
    >>> {name: len(frame) for name, frame in run_cell(tiny, "seed1").items()}
    {'peers_ground': 24, 'peers_ground_concepts': 540, 'peers_ground_example': 0}
    """
    from saelib.data.synthetic import concept_forest, forest_stream, synth_sae_bench
    from saelib.sae import ReLU, SAEConfig, train_together
    from saelib.study.sweeps.matching import matched_config
    from saelib.study.sweeps.nulls import random_relu

    seed = int(cell_id.removeprefix("seed"))
    world = synth_sae_bench(settings.n_concepts, settings.d_in, world_seed=seed)
    shared = SAEConfig(
        d_sae=settings.d_sae, gate=ReLU(), steps=settings.steps, batch_size=settings.batch_size,
        seed=seed, lr=settings.lr,
    )  # fmt: skip
    configs = [
        matched_config(name, settings.d_sae, settings.l0, shared, unit=settings.unit)
        for name in GATES.values()
    ]
    stream = forest_stream(world, settings.steps * settings.batch_size, seed)
    results = train_together(stream, configs, progress=False)
    # The choice is made on the first points trained on: a sample of that seed begins as the stream does.
    ground = _Ground(
        settings, concept_forest(world, settings.n_choice, seed),
        concept_forest(world, settings.n_test, seed + _TEST), np.random.default_rng(seed),
    )  # fmt: skip
    rows, by_concept, example = [], [], pd.DataFrame()
    for gate, result in zip(GATES, results, strict=True):
        random = random_relu(result.sae, ground.choice.points, seed + _TEST)
        for dictionary, sae in (("trained", result.sae), ("random", random)):
            labels = {"seed": seed, "gate": gate, "dictionary": dictionary}
            seen = ground.look_at(sae, dictionary == "trained")
            rows += [_row(ground, sae, seen, dead, labels) for dead in ("included", "excluded")]
            if dictionary == "trained":
                frame = _concepts(ground, sae, seen)
                by_concept.append(pd.concat([_repeated({"seed": seed, "gate": gate}, frame), frame], axis=1))
                if gate == EXAMPLE and seed == settings.seeds[0]:
                    example = _example(ground, sae, seen, frame)
    return {
        "peers_ground": pd.DataFrame(rows),
        "peers_ground_concepts": pd.concat(by_concept, ignore_index=True),
        "peers_ground_example": example,
    }


def gather(frames: list[dict[str, pd.DataFrame]]) -> dict[str, pd.DataFrame]:
    """All cells as three tables, sorted so that the order in which cells finished leaves no trace.

    Examples
    --------
    >>> row = pd.DataFrame({"seed": [0], "gate": ["TopK"], "dictionary": ["random"]})
    >>> cell = {"peers_ground": row, "peers_ground_concepts": row, "peers_ground_example": row}
    >>> sorted(gather([cell]))
    ['peers_ground', 'peers_ground_concepts', 'peers_ground_example']
    """
    tables = {}
    for name in ("peers_ground", "peers_ground_concepts", "peers_ground_example"):
        filled = [frame[name] for frame in frames if len(frame[name])]
        whole = pd.concat(filled, ignore_index=True)
        tables[name] = whole.sort_values("seed", kind="stable", ignore_index=True)
    return tables


@dataclass
class _Seen:
    """What a dictionary does on the points: who fires, how that lines up, and each concept's neuron."""

    activations: ActivationSets
    alignment: Alignment
    chosen: np.ndarray
    learned: dict[str, np.ndarray]
    absorption: float | None
    explained_variance: float | None


@dataclass
class _Surroundings:
    """Of a concept, over the held-out points: who else is there, and how strong it looks."""

    child: np.ndarray
    alike: np.ndarray
    family: np.ndarray
    weak: np.ndarray
    large: np.ndarray


class _Ground:
    """A world's points to choose on and to judge on, and what is looked up about them again and again."""

    def __init__(
        self, settings: PeersGround, choice: ForestSample, test: ForestSample, rng: np.random.Generator
    ) -> None:
        self.settings, self.choice, self.test, self._rng = settings, choice, test, rng
        self.directions = test.directions.astype(np.float64)
        # Column by column in memory: what is asked is always asked of some concepts at all points.
        self.holds = np.asfortranarray(test.concepts.membership.toarray())
        self.projections = np.asfortranarray((test.points - test.bias) @ test.directions.T)
        counted = test.concepts.membership.astype(np.int64)
        self.together = (counted.T @ counted).toarray()
        self.amplitudes = test.amplitudes.tocsc()
        self.parents = np.asarray(test.concepts.parents)
        cosines = np.abs(self.directions @ self.directions.T)
        np.fill_diagonal(cosines, 0.0)
        self.alike = cosines >= settings.alike
        self._nulls: dict[int, tuple[float, float]] = {}
        self._surroundings: dict[int, _Surroundings] = {}

    def look_at(self, sae: SAE, trained: bool) -> _Seen:
        """Choose each concept's neuron on the one half and line everything up on the other."""
        from saelib import ActivationSets, align
        from saelib.phenomena import absorption
        from saelib.sae import quality

        chosen = align(
            ActivationSets.from_sae(sae, self.choice.points, progress=False), self.choice.concepts
        ).learn()
        activations = ActivationSets.from_sae(sae, self.test.points, progress=False)
        alignment = align(activations, self.test.concepts)
        rates = absorption(alignment, chosen).rate
        return _Seen(
            activations,
            alignment,
            chosen,
            learned=_learned(alignment, chosen, self.settings.tolerances),
            absorption=float(rates.mean()) if rates.notna().any() else None,
            # Random directions have no scale to reconstruct with.
            explained_variance=quality(sae, self.test.points).explained_variance if trained else None,
        )

    def null(self, size: int) -> tuple[float, float]:
        """Mean matched correlation and uniqueness of random dictionaries of that size."""
        from saelib.phenomena import recovery_null

        if size not in self._nulls:
            drawn = recovery_null(self.directions, size, self.settings.n_null, self._rng)
            self._nulls[size] = (
                float(np.mean([each.mean_matched for each in drawn])),
                float(np.mean([each.uniqueness for each in drawn])),
            )
        return self._nulls[size]

    def around(self, concept: int) -> _Surroundings:
        """What the mistakes of a concept's neuron are held against; looked up once for all gates."""
        if concept not in self._surroundings:
            inside, projection = self.holds[:, concept], self.projections[:, concept]
            strength = np.asarray(self.amplitudes[:, [concept]].todense()).ravel()
            self._surroundings[concept] = _Surroundings(
                child=np.asarray(self.holds[:, self.parents == concept].any(axis=1)),
                alike=np.asarray(self.holds[:, self.alike[concept]].any(axis=1)),
                family=np.asarray(self.holds[:, self.family(concept)].any(axis=1)),
                weak=strength < (np.median(strength[inside]) if inside.any() else 0.0),
                large=projection >= (np.quantile(projection[inside], 0.1) if inside.any() else 0.0),
            )
        return self._surroundings[concept]

    def family(self, concept: int) -> np.ndarray:
        """A concept's parent, children and siblings, as booleans over the concepts."""
        parent = self.parents[concept]
        found = self.parents == concept
        if parent >= 0:
            found = found | (self.parents == parent)
            found[parent] = True
        found[concept] = False
        return found


def _row(ground: _Ground, sae: SAE, seen: _Seen, dead: str, labels: dict[str, Any]) -> dict[str, Any]:
    """The measures of one dictionary.

    Theirs: explained_variance (unavailable for random directions), l0, true_l0 (concepts a point), n_neurons
    (compared), n_dead, mcc (matched correlation), uniqueness, and the means over neurons of precision,
    recall and f1 as detectors of the nearest direction; null_mcc and null_uniqueness are those of random
    dictionaries of n_neurons. Ours: the means over concepts of the f1 and jaccard of the concept's chosen
    neuron, the shares of concepts that it has detected, separated and approximated, the mean jaccard of
    the matched neurons, and the mean absorption rate over the edges where it is known.
    """
    from saelib.phenomena import concept_recovery, detectors

    a = seen.alignment
    decoder = sae.W_dec.detach().numpy().astype(np.float64)
    alive = a.neuron_sizes > 0
    kept = alive if dead == "excluded" and alive.any() else np.ones(len(alive), dtype=bool)
    each = concept_recovery(a, ground.directions, decoder, seen.chosen, alive=kept)
    neurons = detectors(a, ground.directions, decoder)[kept]
    scores = neurons[["precision", "recall", "f1"]].fillna(0).mean()
    null_mcc, null_uniqueness = ground.null(int(kept.sum()))
    return labels | {
        "dead": dead,
        "explained_variance": seen.explained_variance,
        "l0": float(seen.activations.l0.mean()),
        "true_l0": float(ground.holds.sum(axis=1).mean()),
        "n_neurons": int(kept.sum()),
        "n_dead": int((~alive).sum()),
        "mcc": float(each.matched_cosine.mean()),
        "null_mcc": null_mcc,
        "uniqueness": neurons.concept.nunique() / len(neurons),
        "null_uniqueness": null_uniqueness,
        **{name: float(scores[name]) for name in scores.index},
        "concept_f1": float(each.f1.fillna(0).mean()),
        "concept_jaccard": float(each.jaccard.fillna(0).mean()),
        "matched_jaccard": float(each.matched_jaccard.dropna().mean()),
        **{name: float(values.mean()) for name, values in seen.learned.items()},
        "absorption": seen.absorption,
    }


def _learned(a: Alignment, chosen: np.ndarray, t: Tolerances) -> dict[str, np.ndarray]:
    """Whether each concept's own neuron has learned it, in the three senses, on the held-out points."""
    concepts, has = np.arange(a.n_concepts), chosen >= 0
    at = np.where(has, chosen, 0)
    return {
        "detected": a.detected(t.delta)[at, concepts] & has,
        "separated": a.separated(t.delta, t.epsilon)[at, concepts] & has,
        "approximated": a.approximated(t.eta)[at, concepts] & has,
    }


def _concepts(ground: _Ground, sae: SAE, seen: _Seen) -> pd.DataFrame:
    from saelib.phenomena import concept_recovery

    decoder = sae.W_dec.detach().numpy().astype(np.float64)
    frame = concept_recovery(seen.alignment, ground.directions, decoder, seen.chosen)
    frame.insert(1, "level", np.asarray(ground.test.concepts.levels))
    frame.insert(2, "frequency", frame.n_concept / ground.test.concepts.n_points)
    for name, values in seen.learned.items():
        frame[name] = values
    fires = seen.activations.membership.tocsc()
    readings = _Readings(ground, sae)
    mistakes = [
        _mistakes(ground, fires, i, int(j)) | readings.of(i, int(j)) if pd.notna(j) else {}
        for i, j in enumerate(frame.matched)
    ]
    return pd.concat([frame, pd.DataFrame(mistakes, index=frame.index).astype("Float64")], axis=1)


def _mistakes(ground: _Ground, fires: Any, concept: int, neuron: int) -> dict[str, Any]:
    """What a neuron's mistakes have in common; shares of nothing are unavailable.

    Of the concept's points: with_child, the share that lies in a child too; of those missed:
    missed_with_child, and missed_weak, the share on which the concept's amplitude is below its median. Of the
    points it fires on outside: false_family, the share that lies in its parent, a child or a sibling, and
    false_alike, the share that lies in a concept with a similar direction; outside_alike is that of all
    points outside. A point's projection on the concept's true direction counts as large from the tenth
    hundredth of the concept's own points on: false_projection and outside_projection are the shares of the
    false points, and of all points outside, that have a large one. Some concept outside the family may be
    present on the false points far more often than on the points outside; for the one with the largest
    difference false_other and outside_other are the two shares.
    """
    on = np.zeros(ground.holds.shape[0], dtype=bool)
    on[fires.indices[fires.indptr[neuron] : fires.indptr[neuron + 1]]] = True
    inside = ground.holds[:, concept]
    missed, false = inside & ~on, on & ~inside
    about = ground.around(concept)
    return {
        "with_child": _share(about.child, inside),
        "missed_with_child": _share(about.child, missed),
        "missed_weak": _share(about.weak, missed),
        "false_family": _share(about.family, false),
        "false_alike": _share(about.alike, false),
        "outside_alike": _share(about.alike, ~inside),
        "false_projection": _share(about.large, false),
        "outside_projection": _share(about.large, ~inside),
    } | _other(ground, concept, false)


def _other(ground: _Ground, concept: int, false: np.ndarray) -> dict[str, Any]:
    """The one concept, neither this nor of its family, that most distinguishes the false points."""
    if not false.any():
        return {"false_other": pd.NA, "outside_other": pd.NA}
    among = ground.holds[np.flatnonzero(false)].mean(axis=0)
    sizes = ground.together.diagonal()
    base = (sizes - ground.together[concept]) / (len(false) - sizes[concept])
    apart = ground.family(concept)
    apart[concept] = True
    other = int(np.where(apart, -1.0, among - base).argmax())
    return {"false_other": float(among[other]), "outside_other": float(base[other])}


class _Readings:
    """What else could be read from a matched neuron than where it fires."""

    def __init__(self, ground: _Ground, sae: SAE) -> None:
        self._ground = ground
        self._encoder = sae.W_enc.detach().numpy().astype(np.float64)
        self._choice, self._test = (
            np.concatenate(
                [sae.encode(part).detach().numpy().T for part in np.array_split(sample.points, 10)], axis=1
            )
            for sample in (ground.choice, ground.test)
        )
        self._holds = np.asfortranarray(ground.choice.concepts.membership.toarray())

    def of(self, concept: int, neuron: int) -> dict[str, Any]:
        """The encoder's side of a neuron, and the neuron with another threshold.

        encoder_cosine: size of the cosine of its encoder column with the concept's true direction.
        rethresholded: its Jaccard index on the held-out points, if it counted as firing only above the
        activation that is best on the points for choosing.
        """
        column = self._encoder[:, neuron]
        length = float(np.linalg.norm(column))
        cosine = abs(float(column @ self._ground.directions[concept])) / length if length > 0 else 0.0
        threshold = best_threshold(self._choice[neuron], self._holds[:, concept])
        fires, holds = self._test[neuron] > threshold, self._ground.holds[:, concept]
        either = int((fires | holds).sum())
        found = int((fires & holds).sum()) / either if either else pd.NA
        return {"encoder_cosine": min(cosine, 1.0), "rethresholded": found}


def best_threshold(activation: np.ndarray, holds: np.ndarray) -> float:
    """The threshold from 0 up above which an activation has the best Jaccard index with a concept.

    Parameters
    ----------
    activation : ndarray [n_points]
        At least 0.
    holds : ndarray [n_points]
        Whether the point lies in the concept.

    Returns
    -------
    float
        The smallest of the best; 0 if the neuron never fires.

    Examples
    --------
    >>> best_threshold(np.array([0.0, 1.0, 2.0, 3.0]), np.array([False, False, True, True]))
    1.0
    """
    fires = activation > 0
    rising = np.unique(activation[fires])
    if not len(rising):
        return 0.0
    candidates = np.concatenate([[0.0], rising[:-1]])
    inside, outside = np.sort(activation[fires & holds]), np.sort(activation[fires & ~holds])
    true = len(inside) - np.searchsorted(inside, candidates, side="right")
    false = len(outside) - np.searchsorted(outside, candidates, side="right")
    return float(candidates[np.argmax(true / np.maximum(int(holds.sum()) + false, 1))])


def _share(holds: Any, among: Any) -> Any:
    return float(holds[among].mean()) if among.any() else pd.NA


def _example(ground: _Ground, sae: SAE, seen: _Seen, frame: pd.DataFrame) -> pd.DataFrame:
    """Points of the concept, of 100 or more, whose matched neuron's cosine most exceeds its Jaccard index.

    Columns: seed, concept, neuron, cosine, jaccard; amplitude (of the concept at the point, 0 outside it),
    projection (of the point on the concept's true direction), activation (of the neuron), and what the point
    is to the concept: ``in it, with a child``, ``in it, no
    child``, ``outside, in its family`` or ``outside``. As many points inside as outside it, 1,500 at most.
    """
    matched = frame[frame.matched.notna()]
    common = matched[matched.n_concept >= min(100, matched.n_concept.max())]
    row = common.loc[(common.matched_cosine - common.matched_jaccard.fillna(0)).astype(float).idxmax()]
    concept, neuron = int(row.name), int(row.matched)
    inside = ground.holds[:, concept]
    fires = np.zeros(len(inside), dtype=bool)
    sets = seen.activations.membership.tocsc()
    fires[sets.indices[sets.indptr[neuron] : sets.indptr[neuron + 1]]] = True
    chosen = np.concatenate(
        [np.flatnonzero(inside)[:_EXAMPLE_POINTS], np.flatnonzero(~inside & fires)[:_EXAMPLE_POINTS]]
    )
    child = ground.holds[chosen][:, ground.parents == concept].any(axis=1)
    family = ground.holds[chosen][:, ground.family(concept)].any(axis=1)
    kind = np.where(
        inside[chosen],
        np.where(child, "in it, with a child", "in it, no child"),
        np.where(family, "outside, in its family", "outside"),
    )
    activation = sae.encode(ground.test.points[chosen]).detach().numpy()[:, neuron]
    return pd.DataFrame(
        {
            "seed": ground.settings.seeds[0],
            "concept": row.concept,
            "neuron": neuron,
            "cosine": float(row.matched_cosine),
            "jaccard": float(row.matched_jaccard),
            "amplitude": np.asarray(ground.test.amplitudes[chosen][:, [concept]].todense()).ravel(),
            "projection": ground.projections[chosen, concept],
            "activation": activation,
            "point": kind,
        }
    )


def _repeated(labels: dict[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: [value] * len(frame) for name, value in labels.items()}, index=frame.index)
