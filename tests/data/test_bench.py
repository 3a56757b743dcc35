"""SynthSAEBench as one setting of the concept forest."""

import numpy as np
import pytest

from saelib import InputError
from saelib.data.synthetic import Copula, Drawn, Ramp, RectifiedNormal, concept_forest, synth_sae_bench


def test_the_full_size_has_the_published_numbers():
    config = synth_sae_bench(orthogonalise=False)
    tree = config.tree
    assert (config.n_concepts, config.d_in) == (16_384, 768)
    assert [len(level) for level in tree.by_level] == [128 + 5504, 512, 2048, 8192]
    wish = config.firing.resolve(tree)
    assert wish[0] == pytest.approx(0.4)
    assert wish[-1] == pytest.approx(5e-4)
    assert config.copula == Copula(25, 0.1, keep_marginals=False)
    assert config.amplitude == RectifiedNormal(Ramp(5.0, 4.0), Drawn(0.5, 0.5))
    assert config.scale_children
    assert config.children == "contest"
    assert (config.bias, config.noise) == (0.5, 0.0)


@pytest.mark.slow
def test_the_full_size_has_about_the_published_number_of_concepts_on():
    # Published: about 34 in all, about 25 among the 4,096 most frequent, and mean largest overlap about 0.15.
    sample = concept_forest(synth_sae_bench(orthogonalise=False), 8192, seed=0)
    assert 33 < sample.amplitudes.nnz / 8192 < 36
    assert 24 < sample.concepts.sizes[:4096].sum() / 8192 < 26.5
    overlap = np.abs(sample.directions[:500] @ sample.directions.T)
    overlap[np.arange(500), np.arange(500)] = 0
    assert overlap.max(axis=1).mean() == pytest.approx(0.15, abs=0.01)


def test_it_scales_down_and_keeps_its_shape():
    config = synth_sae_bench(256, 32)
    assert [len(level) for level in config.tree.by_level] == [2 + 86, 8, 32, 128]
    sample = concept_forest(config, 3000, seed=0)
    assert sample.points.shape == (3000, 32)
    for group in config.tree.sibling_groups:
        assert sample.concepts.membership[:, group].sum(axis=1).max() <= 1
    assert np.linalg.norm(sample.bias) == pytest.approx(0.5, rel=1e-5)


def test_orthogonalising_lowers_the_squared_overlaps():
    raw = concept_forest(synth_sae_bench(256, 32, orthogonalise=False), 0, 0).directions
    moved = concept_forest(synth_sae_bench(256, 32), 0, 0).directions
    assert ((moved @ moved.T) ** 2).sum() < 0.97 * ((raw @ raw.T) ** 2).sum()


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ({"n_concepts": 0}, "n_concepts"),
        ({"n_concepts": 50}, "n_concepts"),
        ({"n_concepts": 1000, "n_roots": 100}, "n_concepts"),
        ({"n_roots": 0}, "n_roots"),
        ({"d_in": 0}, "d_in"),
        ({"branching": 0}, "branching"),
        ({"depth": -1}, "depth"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(setting, named):
    with pytest.raises(InputError, match=named):
        synth_sae_bench(**setting)
