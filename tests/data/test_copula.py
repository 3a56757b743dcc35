"""The copula: the stated correlation, and marginals left alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, multivariate_normal, norm

from saelib import InputError
from saelib.data.synthetic import Copula, ForestConfig, Tree, branching_parents, concept_forest

RNG = np.random.default_rng
MODES = ["exclusive", "independent", "contest"]


def deciders(tree, i, children):
    """Brute force: the concepts whose numbers decide whether i may fire."""
    parent = tree.parents[i]
    if parent < 0:
        return set()
    siblings = [int(j) for j in tree.children[parent]]
    own = set() if children == "independent" else {j for j in siblings if j < i}
    return own | may(tree, parent, children)


def may(tree, i, children):
    """Brute force: the concepts whose numbers decide whether i is on."""
    found = {i} | deciders(tree, i, children)
    if children == "contest" and tree.parents[i] >= 0:
        found |= {int(j) for j in tree.children[tree.parents[i]]}
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=14),
    st.sampled_from(MODES),
    st.integers(1, 12),
    st.integers(0, 99),
)
def test_a_loading_is_orthogonal_to_those_that_decide_whether_it_may_fire(draws, children, rank, seed):
    tree = Tree(tuple([-1] + [d % (i + 1) - 1 for i, d in enumerate(draws)]))
    loadings = Copula(rank, 0.3).loadings(tree, children, RNG(seed))
    raw = Copula(rank, 0.3, keep_marginals=False).loadings(tree, children, RNG(seed))
    assert ((loadings**2).sum(axis=1) < 1).all()
    for i in range(len(tree)):
        for j in deciders(tree, i, children):
            assert abs(loadings[i] @ loadings[j]) < 1e-9
        length = np.linalg.norm(loadings[i])
        assert length == 0 or length == pytest.approx(np.linalg.norm(raw[i]))


@pytest.mark.parametrize("children", MODES)
def test_enough_rank_leaves_every_concept_correlated(children):
    tree = Tree(branching_parents((4, 4, 4)))
    assert Copula(16, 0.2).loadings(tree, children, RNG(0)).any(axis=1).all()


def test_too_strong_loadings_are_shrunk_below_one():
    tree = Tree((-1,) * 50)
    loadings = Copula(20, 3.0).loadings(tree, "exclusive", RNG(0))
    assert (loadings**2).sum(axis=1).max() == pytest.approx(0.99)


@pytest.mark.parametrize("keep", [True, False])
def test_roots_fire_together_as_often_as_the_bivariate_normal_says(keep):
    config = ForestConfig(
        d_in=8, branching=(6,), firing=0.2, copula=Copula(3, 0.4, keep), directions="orthogonal", world_seed=3
    )
    n = 400_000
    on = concept_forest(config, n, seed=0).concepts.membership.astype(np.int64)
    together = (on.T @ on).toarray()
    loadings = config.copula.loadings(config.tree, config.children, config.rng(1))
    threshold = norm.ppf(0.2)
    for i in range(6):
        for j in range(i):
            rho = loadings[i] @ loadings[j]
            p = multivariate_normal.cdf([threshold] * 2, cov=[[1, rho], [rho, 1]])
            assert 1e-6 < binom.cdf(together[i, j], n, p) < 1 - 1e-6
    # and the correlation is really there: a pair far from the 0.04 of independence
    assert np.abs(together[~np.eye(6, dtype=bool)] / n - 0.04).max() > 0.01


def test_cousins_in_different_trees_fire_together_as_often_as_four_normals_say():
    config = ForestConfig(
        d_in=4, branching=(2, 1), firing=0.4, copula=Copula(4, 0.45), directions="orthogonal", world_seed=1
    )
    n = 400_000
    on = concept_forest(config, n, seed=0).concepts.membership.toarray()
    loadings = config.copula.loadings(config.tree, config.children, config.rng(1))
    cov = loadings @ loadings.T
    np.fill_diagonal(cov, 1)
    p = multivariate_normal(cov=cov, maxpts=4_000_000, abseps=1e-6).cdf([norm.ppf(0.4)] * 4)
    assert abs((on[:, 2] & on[:, 3]).sum() - n * p) < 5 * np.sqrt(n * p * (1 - p))
    assert abs(p - 0.4**4) > 0.005


@pytest.mark.parametrize("setting", [{"rank": 0}, {"rank": 2.0}, {"scale": -1.0}, {"scale": float("inf")}])
def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(InputError, match="Copula"):
        Copula(**setting)
