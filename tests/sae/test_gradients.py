"""The closed-form gradients are autograd's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.sae import SAE, Gate, ReLU, TopK
from saelib.sae import gradients as closed
from saelib.sae.reviving import add_auxiliary_gradients
from saelib.sae.selection import top_k_mask

NAMES = ("W_enc", "b_enc", "W_dec", "b_dec")


def random_sae(d_in: int, d_sae: int, gate: Gate, seed: int, dtype=torch.float64) -> SAE:
    sae = SAE(d_in, d_sae, gate, seed=seed, dtype=dtype)
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator, dtype=dtype))
    return sae


def autograd_of(sae: SAE, x: torch.Tensor, l1: float) -> dict[str, torch.Tensor]:
    sae.zero_grad()
    z = sae.encode(x)
    loss = (sae.decode(z) - x).square().sum(1).mean() + l1 * z.sum(1).mean()
    loss.backward()
    return {name: getattr(sae, name).grad.clone() for name in NAMES}


@pytest.mark.parametrize("gate", [ReLU(), TopK(1), TopK(3), TopK(8)], ids=str)
@pytest.mark.parametrize("d_sae", [8, 40, 700])
@pytest.mark.parametrize("l1", [0.0, 0.7])
def test_closed_form_gradients_equal_autograd(gate, d_sae, l1):
    sae = random_sae(6, d_sae, gate, seed=d_sae)
    x = torch.randn(33, 6, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    expected = autograd_of(sae, x, l1)
    found = closed.gradients(sae, x, l1)
    for name in NAMES:
        torch.testing.assert_close(getattr(found, name), expected[name], rtol=1e-9, atol=1e-11, msg=name)


@pytest.mark.parametrize("gate", [ReLU(), TopK(4)], ids=str)
def test_closed_form_gradients_equal_autograd_to_1e_5_in_single_precision(gate):
    sae = random_sae(64, 256, gate, seed=3, dtype=torch.float32)
    x = torch.randn(512, 64, generator=torch.Generator().manual_seed(5))
    expected = autograd_of(sae, x, 0.3)
    found = closed.gradients(sae, x, 0.3)
    for name in NAMES:
        gap = (getattr(found, name) - expected[name]).abs().max() / expected[name].abs().max()
        assert float(gap) < 1e-5, name


@given(
    d_in=st.integers(1, 5),
    d_sae=st.integers(1, 24),
    batch=st.integers(1, 9),
    k=st.integers(1, 24),
    seed=st.integers(0, 1000),
)
@settings(max_examples=150, deadline=None)
def test_dense_and_sparse_top_k_paths_agree_at_any_size(d_in, d_sae, batch, k, seed):
    k = min(k, d_sae)
    sae = random_sae(d_in, d_sae, TopK(k), seed)
    x = torch.randn(batch, d_in, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    with torch.no_grad():
        centred = x - sae.b_dec
        pre = torch.addmm(sae.b_enc, centred, sae.W_enc)
        dense = closed._dense(sae, x, centred, pre, sae.gate.acts(pre), 0.2)
        sparse = closed._sparse(sae, x, centred, pre, k, 0.2)
    for name in NAMES:
        torch.testing.assert_close(getattr(sparse, name), getattr(dense, name), rtol=1e-10, atol=1e-12)
    assert torch.equal(sparse.fired, dense.fired)
    assert sparse.l0 == dense.l0
    assert sparse.l1 == pytest.approx(dense.l1)
    assert sparse.squared_error == pytest.approx(dense.squared_error)


def test_auxiliary_gradients_equal_autograd_of_the_auxiliary_loss():
    d_in, weight = 6, 0.25
    sae = random_sae(d_in, 20, TopK(2), seed=11)
    x = torch.randn(17, d_in, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    dead = torch.zeros(20, dtype=torch.bool)
    dead[[1, 4, 5, 9, 17]] = True
    found = closed.gradients(sae, x)
    add_auxiliary_gradients(sae, x, found, dead, weight)

    sae.zero_grad()
    loss = (sae(x) - x).square().sum(1).mean()
    left_over = (x - sae(x)).detach()
    pre_dead = sae.pre_acts(x)[:, dead]
    z_dead = pre_dead * top_k_mask(pre_dead, d_in // 2)
    loss = loss + weight * (z_dead @ sae.W_dec[dead] - left_over).square().sum(1).mean()
    loss.backward()
    for name in NAMES:
        torch.testing.assert_close(getattr(found, name), getattr(sae, name).grad, rtol=1e-9, atol=1e-11)


def test_hand_worked_gradient_of_one_neuron():
    # x = 3, w_enc = w_dec = 1, b = 0: z = 3, x̂ = 3, nothing to mend; with w_dec = 2: x̂ = 6, r = 2·3 = 6.
    sae = SAE(1, 1, ReLU(), dtype=torch.float64)
    sae.W_enc.data.fill_(1.0)
    sae.W_dec.data.fill_(2.0)
    g = closed.gradients(sae, torch.tensor([[3.0]], dtype=torch.float64))
    assert (g.squared_error, g.W_dec.item(), g.b_enc.item(), g.W_enc.item()) == (9.0, 18.0, 12.0, 36.0)
    assert g.b_dec.item() == 6.0 - 12.0


def test_a_gate_without_known_gradients_is_refused():
    class Odd(Gate):
        architecture = "odd"

        def acts(self, pre_acts):
            return pre_acts

    with pytest.raises(InputError, match="gate"):
        closed.gradients(SAE(2, 2, Odd()), torch.zeros(1, 2))


def test_fired_names_exactly_the_neurons_with_a_positive_activation():
    sae = random_sae(4, 90, TopK(2), seed=0)
    x = torch.randn(25, 4, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    np.testing.assert_array_equal(closed.gradients(sae, x).fired, sae.active(x).any(0))
