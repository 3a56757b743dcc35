"""The concept forest: containment, exclusion, exact marginals, determinism."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from saelib import InputError
from saelib.data.synthetic import (
    Constant,
    Copula,
    ExplicitFiring,
    FoldedNormal,
    ForestConfig,
    LevelFiring,
    LogNormal,
    RectifiedNormal,
    Uniform,
    ZipfFiring,
    concept_forest,
    forest_chunks,
)

MODES = ["exclusive", "independent", "contest"]
WORLDS = {
    "plain": ForestConfig(d_in=16, branching=(3, 3, 2), firing=0.3),
    "everything": ForestConfig(
        d_in=6,
        branching=(2, 3, 2),
        n_lone=2,
        firing=ZipfFiring(0.7, 0.3, 0.2, ranked="siblings"),
        copula=Copula(9, 0.3),
        amplitude=RectifiedNormal(1.0, 0.6),
        scale_children=True,
        noise=0.1,
        bias=0.5,
    ),
    "shuffled": ForestConfig(d_in=8, parents=(3, 0, 3, -1, 0, -1, 5), firing=0.4, children="independent"),
}


def assert_frequencies(sample, p, alpha=1e-6):
    n = len(sample.points)
    k = sample.concepts.sizes
    assert (binom.cdf(k, n, p) > alpha).all()
    assert (binom.sf(k - 1, n, p) > alpha).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=0, max_size=14),
    st.sampled_from(MODES),
    st.booleans(),
    st.booleans(),
    st.sampled_from(
        [Constant(2.0), Uniform(), FoldedNormal(0.1, 1.0), RectifiedNormal(0.5, 1.0), LogNormal(1.0, 1.0)]
    ),
    st.integers(0, 2**32),
)
def test_every_forest_keeps_its_promises(draws, children, correlated, scaled, law, seed):
    parents = tuple([-1] + [d % (i + 1) - 1 for i, d in enumerate(draws)])
    widest = max(sum(p == q for q in parents) for p in parents)
    config = ForestConfig(
        d_in=5,
        parents=parents,
        firing=min(0.6, 0.99 / widest),
        children=children,
        copula=Copula(4, 0.4) if correlated else None,
        amplitude=law,
        scale_children=scaled,
        directions="random",
        bias=0.7,
    )
    sample = concept_forest(config, 500, seed=seed)
    on = sample.concepts.membership.toarray()
    assert (on == (sample.amplitudes.toarray() > 0)).all()
    assert sample.amplitudes.nnz == on.sum()
    for i, p in enumerate(parents):
        if p >= 0:
            assert (on[:, i] <= on[:, p]).all()
    if children != "independent":
        for p in range(len(parents)):
            assert (on[:, [i for i, q in enumerate(parents) if q == p]].sum(axis=1) <= 1).all()
    exact = sample.amplitudes.toarray().astype(float) @ sample.directions + sample.bias
    np.testing.assert_allclose(sample.points, exact, rtol=1e-4, atol=1e-4)
    assert np.linalg.norm(sample.bias) == pytest.approx(0.7, rel=1e-5)
    assert sample.points.dtype == sample.directions.dtype == sample.amplitudes.dtype == np.float32


@pytest.mark.parametrize("children", MODES)
@pytest.mark.parametrize("copula", [None, Copula(16, 0.25), Copula(3, 0.4)])
@pytest.mark.parametrize("probability", ["conditional", "marginal"])
def test_concepts_fire_as_often_as_said(children, copula, probability):
    firing = LevelFiring((0.4, 0.25, 0.2) if probability == "conditional" else (0.4, 0.12, 0.03))
    config = ForestConfig(
        d_in=4,
        branching=(3, 3, 3),
        firing=firing,
        probability=probability,
        children=children,
        copula=copula,
        amplitude=RectifiedNormal(1.0, 0.5),
        directions="random",
    )
    assert np.isfinite(config.probabilities).all()
    for seed in range(2):
        assert_frequencies(concept_forest(config, 100_000, seed), config.probabilities)


def test_marginal_wishes_are_met_exactly():
    wish = (0.5, 0.3, 0.2, 0.1)
    config = ForestConfig(d_in=4, parents=(-1, 0, 0, 1), firing=ExplicitFiring(wish), probability="marginal")
    np.testing.assert_allclose(config.probabilities, wish)
    np.testing.assert_allclose(config.conditional, [0.5, 0.6, 0.4, 1 / 3])
    assert_frequencies(concept_forest(config, 100_000, 0), wish)


def test_siblings_that_fill_their_parent_leave_nothing_of_it():
    config = ForestConfig(
        d_in=4, branching=(1, 2), firing=ExplicitFiring((0.5, 0.25, 0.75)), directions="orthogonal"
    )
    on = concept_forest(config, 20_000, 0).concepts.membership.toarray()
    assert (on[:, 0] == (on[:, 1] | on[:, 2])).all()


def test_a_certain_concept_is_always_on():
    for copula in (None, Copula(2, 0.3)):
        config = ForestConfig(d_in=4, branching=(1, 1), firing=1.0, copula=copula)
        assert concept_forest(config, 5000, 0).concepts.sizes.tolist() == [5000, 5000]


def test_a_contest_is_won_as_often_as_enumeration_says():
    q = (0.5, 0.4, 0.3)
    config = ForestConfig(
        d_in=4,
        branching=(1, 3),
        firing=ExplicitFiring((1.0, *q)),
        children="contest",
        directions="orthogonal",
    )
    won = np.zeros(3)
    for fired in product([0, 1], repeat=3):
        chance = np.prod([p if f else 1 - p for p, f in zip(q, fired, strict=True)])
        won += chance * np.array(fired) / max(sum(fired), 1)
    np.testing.assert_allclose(config.probabilities[1:], won, rtol=1e-12)
    assert_frequencies(concept_forest(config, 200_000, 0), config.probabilities)


def test_contest_compensation_is_the_published_one():
    # p/parent = 0.25 and 0.125; times 1 + the other's share.
    config = ForestConfig(
        d_in=4,
        branching=(1, 2),
        firing=ExplicitFiring((0.4, 0.1, 0.05)),
        probability="marginal",
        children="contest",
        directions="orthogonal",
    )
    np.testing.assert_allclose(config.conditional, [0.4, 0.25 * 1.125, 0.125 * 1.25])


def test_a_rectified_amplitude_silences_as_often_as_said():
    config = ForestConfig(d_in=4, branching=(1, 1), firing=0.5, amplitude=RectifiedNormal(1.0, 1.0))
    trace = norm.cdf(1.0)
    np.testing.assert_allclose(config.probabilities, [0.5 * trace, 0.25 * trace**2])


def test_loadings_as_drawn_have_no_closed_form_below_the_roots():
    config = ForestConfig(d_in=16, branching=(2, 2), firing=0.3, copula=Copula(4, 0.3, keep_marginals=False))
    assert np.isnan(config.probabilities).tolist() == [False] * 2 + [True] * 4
    assert_frequencies(concept_forest(config, 50_000, 0), np.array([0.3, 0.3, *[0.09] * 4]), alpha=0)


def test_children_are_scaled_by_their_parents_down_the_chain():
    plain = ForestConfig(d_in=4, branching=(1, 1, 1), firing=1.0, amplitude=Uniform(1.0, 3.0))
    scaled = ForestConfig(
        d_in=4, branching=(1, 1, 1), firing=1.0, amplitude=Uniform(1.0, 3.0), scale_children=True
    )
    a = concept_forest(plain, 100, 0).amplitudes.toarray().astype(float)
    b = concept_forest(scaled, 100, 0).amplitudes.toarray().astype(float)
    np.testing.assert_allclose(b[:, 0], a[:, 0], rtol=1e-6)
    np.testing.assert_allclose(b[:, 1], a[:, 1] * a[:, 0] / 2, rtol=1e-6)
    np.testing.assert_allclose(b[:, 2], a[:, 2] * b[:, 1] / 2, rtol=1e-6)


def test_noise_has_the_stated_deviation_in_every_coordinate():
    config = ForestConfig(d_in=8, branching=(2,), firing=0.5, noise=0.3)
    sample = concept_forest(config, 50_000, 0)
    rest = sample.points - sample.amplitudes @ sample.directions
    np.testing.assert_allclose(rest.std(axis=0), 0.3, rtol=0.02)
    np.testing.assert_allclose(np.cov(rest.T)[~np.eye(8, dtype=bool)], 0, atol=0.003)


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("chunk_size", [1000, 4096, 5000, 10**9])
def test_the_chunk_size_changes_nothing(name, chunk_size):
    whole = concept_forest(WORLDS[name], 9001, seed=5)
    other = concept_forest(WORLDS[name], 9001, seed=5, chunk_size=chunk_size)
    np.testing.assert_array_equal(whole.points, other.points)
    assert (whole.amplitudes != other.amplitudes).nnz == 0
    chunks = list(forest_chunks(WORLDS[name], 9001, seed=5, chunk_size=chunk_size))
    assert [len(c.points) for c in chunks[:-1]] == [chunk_size] * (len(chunks) - 1)
    np.testing.assert_array_equal(whole.points, np.concatenate([c.points for c in chunks]))
    np.testing.assert_array_equal(whole.concepts.sizes, np.sum([c.concepts.sizes for c in chunks], axis=0))


@pytest.mark.parametrize("name", WORLDS)
def test_a_short_sample_is_the_beginning_of_a_long_one(name):
    short, long = concept_forest(WORLDS[name], 5, 1), concept_forest(WORLDS[name], 6000, 1)
    np.testing.assert_array_equal(short.points, long.points[:5])


@pytest.mark.parametrize("name", WORLDS)
def test_the_sample_seed_moves_the_points_and_not_the_world(name):
    config = WORLDS[name]
    one, again, other = (concept_forest(config, 2000, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.points, again.points)
    assert not np.array_equal(one.points, other.points)
    for part in ("directions", "bias", "probabilities"):
        np.testing.assert_array_equal(getattr(one, part), getattr(other, part))


def test_the_world_seed_moves_the_directions_and_not_who_fires():
    a, b = (concept_forest(ForestConfig(world_seed=w), 2000, 0) for w in (0, 1))
    assert (a.concepts.membership != b.concepts.membership).nnz == 0
    assert not np.allclose(a.directions, b.directions)


def test_no_points_and_no_concept_on_are_fine():
    config = ForestConfig(d_in=4, branching=(2,), firing=1e-9)
    assert concept_forest(config, 0, 0).points.shape == (0, 4)
    assert [len(c.points) for c in forest_chunks(config, 0, 0)] == [0]
    sample = concept_forest(config, 100, 0)
    assert sample.concepts.sizes.tolist() == [0, 0]
    assert not sample.points.any()


def test_a_forest_of_another_world_is_not_disturbed_by_writing_into_a_sample():
    chunks = forest_chunks(WORLDS["plain"], 8, 0, chunk_size=4)
    next(chunks).directions[:] = 0
    assert next(chunks).directions.any()


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ({"d_in": 0}, "d_in"),
        ({"d_in": 2.5}, "d_in"),
        ({"branching": (0,)}, "branching"),
        ({"branching": (2,), "n_lone": -1}, "n_lone"),
        ({"parents": (0,)}, "parents"),
        ({"firing": 0.0}, "UniformFiring"),
        ({"firing": "often"}, "firing"),
        ({"firing": 0.3}, "exclusive children of c0"),
        (
            {"firing": LevelFiring((0.2, 0.3, 0.1)), "probability": "marginal", "children": "independent"},
            "than its parent",
        ),
        ({"probability": "maybe"}, "probability"),
        ({"children": "twins"}, "children"),
        ({"copula": 3}, "copula"),
        ({"amplitude": 1.0}, "amplitude"),
        ({"amplitude": Constant((1.0, 2.0))}, "Constant.value"),
        ({"directions": "orthogonal"}, "directions"),
        ({"directions": "pretty"}, "Directions.kind"),
        ({"directions": 7}, "directions"),
        ({"noise": -1.0}, "noise"),
        ({"noise": float("nan")}, "noise"),
        ({"bias": float("inf")}, "bias"),
        ({"world_seed": -1}, "world_seed"),
        ({"world_seed": 0.5}, "world_seed"),
    ],
)
def test_settings_that_cannot_be_are_refused_when_made(setting, named):
    with pytest.raises(InputError, match=named):
        ForestConfig(**setting)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((None, 10, 0), "config"),
        ((WORLDS["plain"], -1, 0), "n_points"),
        ((WORLDS["plain"], 1.5, 0), "n_points"),
        ((WORLDS["plain"], 10, -1), "seed"),
        ((WORLDS["plain"], 10, None), "seed"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_drawn(arguments, named):
    with pytest.raises(InputError, match=named):
        concept_forest(*arguments)
    with pytest.raises(InputError, match=named):
        forest_chunks(*arguments)
    with pytest.raises(InputError, match="chunk_size"):
        forest_chunks(WORLDS["plain"], 10, 0, chunk_size=0)


@pytest.mark.slow
def test_a_million_points_of_200_concepts_take_seconds():
    import time

    config = ForestConfig(
        branching=(8, 3, 7), firing=LevelFiring((0.3, 0.2, 0.1)), copula=Copula(16, 0.2), noise=0.1
    )
    start = time.process_time()
    sample = concept_forest(config, 1_000_000, 0)
    assert time.process_time() - start < 40
    assert sample.concepts.n_concepts == 200
    assert_frequencies(sample, config.probabilities)
