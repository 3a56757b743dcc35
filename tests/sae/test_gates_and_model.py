"""Gates and the model: selection, shapes, dtypes, malformed input."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saelib.errors import InputError
from saelib.sae import SAE, ReLU, TopK, quality
from saelib.sae.selection import top_k_indices, top_k_mask

TINY_GRID = st.sampled_from([-2.0, -1.0, 0.0, 1.0, 2.0])  # many ties on purpose


@given(
    hnp.arrays(np.float32, st.tuples(st.integers(1, 6), st.integers(1, 9)), elements=TINY_GRID),
    st.integers(1, 9),
)
@settings(max_examples=300, deadline=None)
def test_top_k_mask_chooses_exactly_k_entries_and_none_smaller_than_one_left_out(values, k):
    k = min(k, values.shape[1])
    mask = top_k_mask(torch.from_numpy(values), k).numpy()
    assert (mask.sum(axis=1) == k).all()
    for row, chosen in zip(values, mask, strict=True):
        if k < len(row):
            assert row[chosen].min() >= row[~chosen].max()


@given(hnp.arrays(np.float64, (4, 7), elements=st.floats(-5, 5)), st.integers(1, 7))
@settings(max_examples=100, deadline=None)
def test_top_k_indices_are_the_mask(values, k):
    tensor = torch.from_numpy(values)
    indices = top_k_indices(tensor, k)
    assert indices.shape == (4, k)
    rebuilt = torch.zeros_like(tensor, dtype=torch.bool).scatter_(1, indices, True)
    assert torch.equal(rebuilt, top_k_mask(tensor, k))


def test_half_precision_goes_through_torch_and_chooses_the_same():
    values = torch.randn(5, 11, generator=torch.Generator().manual_seed(0)).to(torch.bfloat16)
    assert torch.equal(top_k_mask(values, 3).sum(1), torch.full((5,), 3))


def test_an_activation_set_of_top_k_lies_inside_that_of_relu():
    x = torch.randn(200, 4, generator=torch.Generator().manual_seed(0))
    relu, topk = SAE(4, 12, ReLU(), seed=1), SAE(4, 12, TopK(3), seed=1)
    assert bool((topk.active(x) <= relu.active(x)).all())
    assert int(topk.active(x).sum(1).max()) <= 3


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16])
def test_the_model_computes_in_its_own_dtype(dtype):
    sae = SAE(3, 5, TopK(2), dtype=dtype)
    x = np.ones((2, 3), dtype=np.float32)
    assert sae.encode(x).dtype == sae(x).dtype == dtype


def test_pre_activations_are_affine_in_the_point():
    sae = SAE(2, 3, ReLU(), dtype=torch.float64)
    with torch.no_grad():
        sae.b_dec.copy_(torch.tensor([1.0, -1.0]))
        sae.b_enc.copy_(torch.tensor([0.5, 0.0, -0.5]))
    x = np.array([[2.0, 3.0]])
    expected = (x - [1.0, -1.0]) @ sae.W_enc.detach().numpy() + [0.5, 0.0, -0.5]
    np.testing.assert_allclose(sae.pre_acts(x).detach().numpy(), expected)


def test_initial_decoder_has_unit_rows_and_the_encoder_is_its_transpose():
    sae = SAE(7, 9, ReLU(), seed=4)
    torch.testing.assert_close(sae.W_dec.norm(dim=1), torch.ones(9))
    assert torch.equal(sae.W_enc, sae.W_dec.T)


def test_threshold_shrinks_activation_sets():
    sae = SAE(3, 6, ReLU())
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    assert bool((sae.active(x, threshold=0.5) <= sae.active(x)).all())


@pytest.mark.parametrize("k", [-3, 0, 1.5, True, "2"])
def test_k_must_be_a_positive_integer(k):
    with pytest.raises(InputError, match="k is"):
        TopK(k)


def test_k_above_d_sae_is_refused_by_the_model():
    with pytest.raises(InputError, match="k is 9 but d_sae is 8"):
        SAE(2, 8, TopK(9))


@pytest.mark.parametrize(("name", "sizes"), [("d_in", (0, 3)), ("d_sae", (3, -1)), ("d_sae", (3, 2.5))])
def test_sizes_must_be_positive_integers(name, sizes):
    with pytest.raises(InputError, match=name):
        SAE(*sizes, ReLU())


def test_a_gate_must_be_a_gate():
    with pytest.raises(InputError, match="gate"):
        SAE(2, 2, "relu")


@pytest.mark.parametrize("method", ["pre_acts", "encode", "active"])
def test_points_of_the_wrong_dimension_are_refused(method):
    with pytest.raises(InputError, match=r"x has shape \(4, 3\): give points \[n, 2\]"):
        getattr(SAE(2, 5, ReLU()), method)(np.zeros((4, 3)))


def test_activations_of_the_wrong_width_are_refused():
    with pytest.raises(InputError, match="z has shape"):
        SAE(2, 5, ReLU()).decode(torch.zeros(1, 4))


def test_quality_does_not_depend_on_the_batch_size():
    sae = SAE(4, 9, TopK(3))
    x = torch.randn(101, 4, generator=torch.Generator().manual_seed(0))
    a, b = quality(sae, x, batch_size=7), quality(sae, x)
    assert a.explained_variance == pytest.approx(b.explained_variance)
    assert (a.l0, a.n_dead) == (b.l0, b.n_dead)


def test_quality_counts_the_neurons_that_never_fire():
    sae = SAE(2, 3, ReLU())
    with torch.no_grad():
        sae.b_enc[1] = -100.0
    x = torch.randn(500, 2, generator=torch.Generator().manual_seed(0))
    assert quality(sae, x).n_dead == 1
