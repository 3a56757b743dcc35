"""Gates and the model: selection, shapes, dtypes, malformed input."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from saelib.errors import InputError
from saelib.sae import SAE, BatchTopK, Gated, JumpReLU, Matryoshka, ReLU, TopK, quality
from saelib.sae.selection import batch_top_k_threshold, top_k_indices, top_k_mask
from saelib.sae.workspace import Workspace

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


@given(
    hnp.arrays(
        np.float32, st.tuples(st.integers(1, 5), st.sampled_from([64, 96, 128, 256, 33])), elements=TINY_GRID
    ),
    st.integers(1, 9),
)
@settings(max_examples=150, deadline=None)
def test_wide_rows_are_chosen_from_group_by_group_and_give_the_k_largest(values, k):
    chosen = np.sort(np.take_along_axis(values, top_k_indices(torch.from_numpy(values), k).numpy(), 1))
    np.testing.assert_array_equal(chosen, np.sort(values)[:, -k:])


@pytest.mark.parametrize(
    ("dtype", "d"),
    [(torch.float32, 64), (torch.float32, 1000), (torch.float64, 256), (torch.bfloat16, 256)],
    ids=str,
)
def test_selection_is_that_of_torch_where_no_entries_are_equal(dtype, d):
    generator = torch.Generator().manual_seed(d)
    values = torch.stack([torch.randperm(d, generator=generator) - d // 2 for _ in range(50)]).to(dtype)
    workspace = Workspace()
    for k in (1, 3, 8, 60):
        found = top_k_indices(values, k, workspace).sort(1).values
        assert torch.equal(found, values.topk(k, dim=1).indices.sort(1).values)


@pytest.mark.parametrize("d", [9, 256])
def test_minus_infinity_is_chosen_last_and_plus_infinity_and_nan_first(d):
    values = torch.full((1, d), -float("inf"))
    values[0, [2, 5, 7]] = torch.tensor([-1.0, float("inf"), float("nan")])
    assert top_k_indices(values, 3).sort().values.tolist() == [[2, 5, 7]]
    assert sorted(top_k_indices(values, 2)[0].tolist()) == [5, 7]


@given(hnp.arrays(np.float32, (3, 5), elements=TINY_GRID), st.integers(1, 15))
@settings(max_examples=100, deadline=None)
def test_threshold_of_a_batch_is_its_nth_largest_entry(values, count):
    assert batch_top_k_threshold(torch.from_numpy(values), count) == np.sort(values.ravel())[-count]


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


# --- the other gates ------------------------------------------------------------------------------------


def test_jump_relu_fires_above_its_threshold_and_is_not_shrunk():
    sae = SAE(1, 3, JumpReLU())
    with torch.no_grad():
        sae.W_enc.fill_(1.0)
        sae.threshold.copy_(torch.tensor([0.5, 2.0, 3.0]))
    assert sae.encode(np.array([[2.0], [-1.0]])).tolist() == [[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    assert sae.active(np.array([[2.0]])).tolist() == [[True, False, False]]


@pytest.mark.parametrize("gate", [JumpReLU(), BatchTopK(2)], ids=str)
def test_a_threshold_of_0_is_relu(gate):
    x = torch.randn(60, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(SAE(4, 9, gate, seed=3).encode(x), SAE(4, 9, ReLU(), seed=3).encode(x))


def test_batch_top_k_encodes_a_point_alone_as_in_company():
    sae = SAE(4, 12, BatchTopK(2))
    sae.threshold.fill_(0.4)
    x = torch.randn(30, 4, generator=torch.Generator().manual_seed(0))
    z = sae.encode(x)
    assert torch.equal(torch.cat([sae.active(point[None]) for point in x]), z > 0)
    assert float(z[z > 0].detach().min()) > 0.4


def test_gated_decides_by_one_bias_and_measures_by_another():
    # u = 2: gates 2 - 1 > 0, 2 - 3 < 0, 2 > 0; magnitudes 2·e^0 + 0, -, max(2·e^log 2 - 5, 0) = 0.
    sae = SAE(1, 3, Gated(), dtype=torch.float64)
    with torch.no_grad():
        sae.W_enc.fill_(1.0)
        sae.get_parameter("b_gate").copy_(torch.tensor([-1.0, -3.0, 0.0]))
        sae.get_parameter("r_mag")[2] = np.log(2)
        sae.get_parameter("b_mag")[2] = -5.0
    assert sae.encode(np.array([[2.0]])).tolist() == [[2.0, 0.0, 0.0]]
    assert sae.pre_acts(np.array([[2.0]])).tolist() == [[1.0, -1.0, 2.0]]


def test_an_sae_has_exactly_the_parameters_of_its_gate():
    def names(gate):
        return set(SAE(2, 4, gate).state_dict()) - {"W_enc", "W_dec", "b_dec"}

    assert names(ReLU()) == names(TopK(1)) == names(Matryoshka(TopK(1), (2, 4))) == {"b_enc"}
    assert names(BatchTopK(1)) == names(Matryoshka(BatchTopK(1), (4,))) == {"b_enc", "threshold"}
    assert names(JumpReLU()) == {"b_enc", "threshold"}
    assert names(Gated()) == {"b_gate", "b_mag", "r_mag"}


@pytest.mark.parametrize("inner", [TopK(2), BatchTopK(2)], ids=str)
def test_matryoshka_encodes_as_its_inner_gate(inner):
    x = torch.randn(40, 4, generator=torch.Generator().manual_seed(0))
    nested, plain = SAE(4, 12, Matryoshka(inner, [3, 12])), SAE(4, 12, inner)
    assert torch.equal(nested.encode(x), plain.encode(x))


@pytest.mark.parametrize("k", [0, 2.5, None])
def test_k_of_batch_top_k_must_be_a_positive_integer(k):
    with pytest.raises(InputError, match="k is"):
        BatchTopK(k)


def test_k_of_batch_top_k_above_d_sae_is_refused():
    with pytest.raises(InputError, match="k is 9 but d_sae is 8"):
        SAE(2, 8, Matryoshka(BatchTopK(9), (8,)))


@pytest.mark.parametrize("prefixes", [(), (0, 4), (4, 4), (3, 2), (1.5, 4), (True, 4), 4, "ab", None])
def test_prefixes_must_be_rising_positive_integers(prefixes):
    with pytest.raises(InputError, match="prefixes is"):
        Matryoshka(TopK(1), prefixes)


def test_the_last_prefix_must_be_d_sae():
    with pytest.raises(InputError, match="prefixes end at 4 but d_sae is 8"):
        SAE(2, 8, Matryoshka(TopK(1), (2, 4)))


@pytest.mark.parametrize("inner", [ReLU(), Gated(), 3, Matryoshka(TopK(1), (4,))], ids=str)
def test_matryoshka_goes_around_top_k_or_batch_top_k(inner):
    with pytest.raises(InputError, match="inner_gate"):
        Matryoshka(inner, (4,))


def test_gated_acts_need_their_parameters():
    with pytest.raises(InputError, match="parameters has no b_gate"):
        Gated().acts(torch.zeros(1, 2))
