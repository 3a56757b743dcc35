"""Activation sets from arrays and, a batch at a time, from an autoencoder."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from saelib import ActivationSets, InputError


class Linear:
    """A stand-in for an autoencoder: neuron j fires where <w_j, x> exceeds the threshold."""

    def __init__(self, weights):
        self.weights = np.asarray(weights, dtype=float)
        self.d_in, self.d_sae = self.weights.shape

    def active(self, batch, threshold=0.0):
        return np.asarray(batch) @ self.weights > threshold


class Sparse:
    """One neuron fires a point, whichever the first coordinate says."""

    d_in = 1

    def __init__(self, d_sae):
        self.d_sae = d_sae

    def active(self, batch, threshold=0.0):
        fired = np.zeros((len(batch), self.d_sae), dtype=bool)
        fired[np.arange(len(batch)), batch[:, 0].astype(int)] = True
        return fired


@given(
    arrays(float, (7, 4), elements=st.sampled_from([-1.0, 0.0, 0.25, 0.5, 2.0])),
    st.sampled_from([-0.5, 0.0, 0.25, 1.0]),
)
def test_a_neuron_fires_where_its_activation_exceeds_the_threshold(acts, threshold):
    expected = acts > threshold
    np.testing.assert_array_equal(ActivationSets.from_array(acts, threshold).active.toarray(), expected)
    if threshold >= 0:
        from_sparse = ActivationSets.from_array(sparse.csr_array(acts), threshold)
        np.testing.assert_array_equal(from_sparse.active.toarray(), expected)


@given(st.integers(0, 9), st.integers(1, 12), st.sampled_from([0.0, 0.3]))
def test_batches_do_not_show_in_the_result(n_points, batch_size, threshold):
    rng = np.random.default_rng(n_points)
    sae, points = Linear(rng.normal(size=(3, 5))), rng.normal(size=(n_points, 3))
    sets = ActivationSets.from_sae(sae, points, threshold, batch_size=batch_size)
    np.testing.assert_array_equal(sets.active.toarray(), sae.active(points, threshold))
    assert sets.active.has_canonical_format
    assert sets.active.shape == (n_points, 5)


def test_an_autoencoder_in_torch_gives_the_same_sets_from_arrays_and_tensors():
    torch = pytest.importorskip("torch")
    saelib_sae = pytest.importorskip("saelib.sae")
    sae = saelib_sae.SAE(6, 24, saelib_sae.TopK(3), seed=0)
    points = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
    from_numpy = ActivationSets.from_sae(sae, points, batch_size=7)
    from_torch = ActivationSets.from_sae(sae, torch.from_numpy(points), batch_size=50)
    assert (from_numpy.active != from_torch.active).nnz == 0
    acts = sae.encode(torch.from_numpy(points))
    assert (ActivationSets.from_array(acts).active != from_torch.active).nnz == 0
    assert from_numpy.l0.max() <= 3
    brain_floats = ActivationSets.from_array(acts.to(torch.bfloat16))
    assert (brain_floats.active != from_torch.active).nnz == 0


def test_no_dense_array_of_all_points_is_ever_held():
    n_points, d_sae, batch_size = 20_000, 2_000, 256
    points = np.random.default_rng(0).integers(0, d_sae, (n_points, 1)).astype(float)
    tracemalloc.start()
    sets = ActivationSets.from_sae(Sparse(d_sae), points, batch_size=batch_size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sets.active.nnz == n_points
    # A dense boolean array would be 40 MB; a batch is 0.5 MB, the result 0.2 MB.
    assert peak < 5e6


class Broken:
    d_in, d_sae = 2, 3

    def __init__(self, answer):
        self.answer = answer

    def active(self, batch, threshold=0.0):
        return self.answer


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sae": object()}, r"^sae is a object without d_in"),
        (
            {"sae": Broken(np.ones((4, 3)))},
            r"^sae answered active\(\) with float64 \(4, 3\): return booleans of",
        ),
        ({"sae": Broken(np.ones((3, 4), bool))}, r"^sae answered active\(\) with bool \(3, 4\)"),
        ({"points": np.zeros(4)}, r"^points has shape \(4,\)"),
        ({"points": np.zeros((4, 3))}, r"^points has 3 columns: give 2, the autoencoder's d_in"),
        ({"points": [["a", "b"]]}, r"^points has dtype <U1"),
        ({"points": [[1.0, 2.0], [3.0]]}, r"^points has rows of different lengths"),
        ({"points": [[0, 0], [0, 0], [0, 0], [1, np.inf]]}, r"^points holds inf in row 3, column 1"),
        (
            {"points": [[0, 0], [0, 0], [0, 0], [np.nan, 0]], "batch_size": 3},
            r"^points holds nan in row 3, column 0",
        ),
        ({"threshold": np.nan}, r"^threshold is nan"),
        ({"threshold": "0"}, r"^threshold is '0'"),
        ({"batch_size": 0}, r"^batch_size is 0"),
        ({"batch_size": 1.5}, r"^batch_size is 1.5"),
        ({"names": ["a"]}, r"^names has 1 entries for 3 neurons"),
    ],
)
def test_an_autoencoder_and_points_that_do_not_fit_are_refused(change, message):
    fitting = {"sae": Linear(np.ones((2, 3))), "points": np.ones((4, 2))}
    with pytest.raises(InputError, match=message):
        ActivationSets.from_sae(**(fitting | change))


def test_points_in_torch_are_checked_like_arrays():
    torch = pytest.importorskip("torch")
    points = torch.zeros(4, 2)
    points[2, 1] = torch.nan
    with pytest.raises(InputError, match=r"^points holds nan in row 2, column 1"):
        ActivationSets.from_sae(Linear(np.ones((2, 3))), points)
    with pytest.raises(InputError, match=r"^points has 2 columns"):
        ActivationSets.from_sae(Linear(np.ones((3, 3))), points)


@pytest.mark.parametrize(
    ("acts", "threshold", "message"),
    [
        ([[0.0, 1.0], [np.nan, 0.0]], 0.0, r"^acts is NaN at point 1, neuron 0"),
        (sparse.csr_array([[0.0, 1.0], [np.nan, 0.0]]), 0.0, r"^acts is NaN at point 1, neuron 0"),
        (sparse.csr_array([[0.0, 1.0]]), -1.0, r"^threshold is -1.0, below the zeros"),
        ([1.0, 2.0], 0.0, r"^acts has shape \(2,\)"),
        ([["a"]], 0.0, r"^acts has dtype <U1"),
        ([[1.0], [1.0, 2.0]], 0.0, r"^acts has rows of different lengths"),
        ([[1.0]], None, r"^threshold is None"),
    ],
)
def test_activations_that_are_no_matrix_of_numbers_are_refused(acts, threshold, message):
    with pytest.raises(InputError, match=message):
        ActivationSets.from_array(acts, threshold)


def test_who_fires_must_be_zeros_and_ones():
    with pytest.raises(InputError, match=r"^active holds 0.5 at point 0, set 1"):
        ActivationSets([[0, 0.5]])
