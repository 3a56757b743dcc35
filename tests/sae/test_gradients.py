"""The closed-form gradients are autograd's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib.errors import InputError
from saelib.sae import SAE, BatchTopK, Gate, Gated, JumpReLU, Matryoshka, ReLU, TopK
from saelib.sae.gradients import gradients
from saelib.sae.gradients.batch import Batch
from saelib.sae.gradients.dense import dense
from saelib.sae.gradients.sparse import sparse
from saelib.sae.reviving import add_auxiliary_gradients
from saelib.sae.selection import top_k_mask
from saelib.sae.windows import Windows
from saelib.sae.workspace import Workspace

EXACT = {"rtol": 1e-9, "atol": 1e-11}
BANDWIDTH = 0.4


def random_sae(d_in: int, d_sae: int, gate: Gate, seed: int, dtype=torch.float64) -> SAE:
    """An SAE with every parameter shaken, and thresholds between 0.05 and 0.4."""
    sae = SAE(d_in, d_sae, gate, seed=seed, dtype=dtype)
    generator = torch.Generator().manual_seed(seed + 1)
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator, dtype=dtype))
        if "threshold" in gate.learned:
            sae.threshold.copy_(0.05 + 0.35 * torch.rand(d_sae, generator=generator, dtype=dtype))
    return sae


def points(n: int, d_in: int, seed: int = 5, dtype=torch.float64) -> torch.Tensor:
    return torch.randn(n, d_in, generator=torch.Generator().manual_seed(seed), dtype=dtype)


# --- the losses, written the usual way ------------------------------------------------------------------


class Jump(torch.autograd.Function):
    """``p · H(p - θ)`` with the pseudo-derivative of Rajamanoharan et al. 2024b with respect to θ."""

    @staticmethod
    def forward(ctx, p, theta, bandwidth):
        ctx.save_for_backward(p, theta)
        ctx.bandwidth = bandwidth
        return p * (p > theta)

    @staticmethod
    def backward(ctx, gradient):
        p, theta = ctx.saved_tensors
        kernel = (((p - theta) / ctx.bandwidth).abs() < 0.5).to(p.dtype)
        return gradient * (p > theta), (-gradient * theta / ctx.bandwidth * kernel).sum(0), None


class Heaviside(torch.autograd.Function):
    """``H(p - θ)``, likewise; nothing comes back to p."""

    @staticmethod
    def forward(ctx, p, theta, bandwidth):
        ctx.save_for_backward(p, theta)
        ctx.bandwidth = bandwidth
        return (p > theta).to(p.dtype)

    @staticmethod
    def backward(ctx, gradient):
        p, theta = ctx.saved_tensors
        kernel = (((p - theta) / ctx.bandwidth).abs() < 0.5).to(p.dtype)
        return torch.zeros_like(p), (-gradient / ctx.bandwidth * kernel).sum(0), None


def squared_error(sae: SAE, z: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    return (sae.decode(z) - x).square().sum(1).mean()


def training_acts(gate: Gate, sae: SAE, x: torch.Tensor) -> torch.Tensor:
    """Activations while training: for BatchTopK those of the batch."""
    pre = sae.pre_acts(x)
    if not isinstance(gate, BatchTopK):
        return gate.acts(pre, sae.gate_parameters)
    flat = torch.relu(pre).flatten()
    kept = flat.topk(gate.k * len(x)).indices
    return torch.zeros_like(flat).scatter(0, kept, flat[kept]).view(pre.shape)


def usual_loss(sae: SAE, x: torch.Tensor, coefficient: float) -> torch.Tensor:
    gate, pre = sae.gate, sae.pre_acts(x)
    if isinstance(gate, JumpReLU):
        z = Jump.apply(pre, sae.threshold, BANDWIDTH)
        l0 = Heaviside.apply(pre, sae.threshold, BANDWIDTH).sum(1).mean()
        return squared_error(sae, z, x) + coefficient * l0
    if isinstance(gate, Gated):
        open_gate = torch.relu(pre)
        frozen = open_gate @ sae.W_dec.detach() + sae.b_dec.detach()
        aux = (frozen - x).square().sum(1).mean()
        return squared_error(sae, sae.encode(x), x) + coefficient * open_gate.sum(1).mean() + aux
    if isinstance(gate, Matryoshka):
        z = training_acts(gate.inner_gate, sae, x)
        errors = [(z[:, :m] @ sae.W_dec[:m] + sae.b_dec - x).square().sum(1).mean() for m in gate.prefixes]
        return sum(errors) / len(errors) + coefficient * z.sum(1).mean()
    z = training_acts(gate, sae, x)
    return squared_error(sae, z, x) + coefficient * z.sum(1).mean()


GATES = [
    ReLU(),
    TopK(1),
    TopK(3),
    TopK(8),
    BatchTopK(1),
    BatchTopK(3),
    JumpReLU(),
    Gated(),
    Matryoshka(TopK(3), (2, 5, 40)),
    Matryoshka(BatchTopK(2), (1, 17, 40)),
]


@pytest.mark.parametrize("gate", GATES, ids=str)
@pytest.mark.parametrize("d_sae", [8, 40, 700])
@pytest.mark.parametrize("coefficient", [0.0, 0.7])
def test_closed_form_gradients_equal_autograd(gate, d_sae, coefficient):
    if isinstance(gate, Matryoshka):
        prefixes = [m for m in gate.prefixes if m < min(d_sae, 40)]
        gate = Matryoshka(gate.inner_gate, (*prefixes, d_sae))
    sae = random_sae(6, d_sae, gate, seed=d_sae)
    x = points(33, 6)
    loss = usual_loss(sae, x, coefficient)
    loss.backward()
    found = gradients(sae, x, coefficient, bandwidth=BANDWIDTH)
    assert found.loss == pytest.approx(loss.item(), rel=1e-12)
    assert set(found.of) == {name for name, _ in sae.named_parameters()}
    for name, gradient in found.of.items():
        torch.testing.assert_close(gradient, getattr(sae, name).grad, **EXACT, msg=name)


@pytest.mark.parametrize("gate", [ReLU(), TopK(4), BatchTopK(4), JumpReLU(), Gated()], ids=str)
def test_closed_form_gradients_equal_autograd_to_1e_5_in_single_precision(gate):
    sae = random_sae(64, 256, gate, seed=3, dtype=torch.float32)
    x = points(512, 64, dtype=torch.float32)
    usual_loss(sae, x, 0.3).backward()
    found = gradients(sae, x, 0.3, bandwidth=BANDWIDTH).of
    for name, gradient in found.items():
        expected = getattr(sae, name).grad
        assert float((gradient - expected).abs().max() / expected.abs().max()) < 1e-5, name


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_a_workspace_changes_where_gradients_stand_and_nothing_else(gate):
    sae = random_sae(6, 40, gate, seed=1)
    workspace, into = Workspace(), Windows(sae)
    for seed, n in ((1, 20), (2, 20), (3, 7)):
        x = points(n, 6, seed)
        fresh = gradients(sae, x, 0.1)
        kept = gradients(sae, x, 0.1, into=into, workspace=workspace)
        assert kept.of is into
        assert torch.equal(fresh.of.vector, kept.of.vector)
        assert (fresh.loss, fresh.l0, fresh.threshold) == (kept.loss, kept.l0, kept.threshold)


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
    x = points(batch, d_in, seed)
    with torch.no_grad():
        centred = x - sae.b_dec
        pre = torch.addmm(sae.b_enc, centred, sae.W_enc)
        one, other = (Batch(sae, x, centred, pre, Windows(sae), Workspace()) for _ in range(2))
        by_products = dense(one, sae.gate.acts(pre), 0.2)
        by_sums = sparse(other, k, 0.2)
    torch.testing.assert_close(by_sums.of.vector, by_products.of.vector, rtol=1e-10, atol=1e-12)
    assert torch.equal(by_sums.fired, by_products.fired)
    assert by_sums.l0 == by_products.l0
    assert by_sums.l1 == pytest.approx(by_products.l1)
    assert by_sums.squared_error == pytest.approx(by_products.squared_error)


@pytest.mark.parametrize("inner", [TopK(2), TopK(20), BatchTopK(2)], ids=str)
def test_matryoshka_with_one_prefix_is_its_inner_gate(inner):
    plain, nested = (random_sae(6, 20, gate, seed=4) for gate in (inner, Matryoshka(inner, (20,))))
    x = points(31, 6)
    a, b = gradients(plain, x, 0.2), gradients(nested, x, 0.2)
    torch.testing.assert_close(a.of.vector, b.of.vector, **EXACT)
    assert a.loss == pytest.approx(b.loss)
    assert torch.equal(plain.encode(x), nested.encode(x))


@pytest.mark.parametrize("gate", [ReLU(), TopK(3), BatchTopK(3), JumpReLU(), Gated()], ids=str)
def test_gradients_move_with_a_permutation_of_the_neurons(gate):
    sae, moved = (random_sae(6, 30, gate, seed=4) for _ in range(2))
    order = torch.randperm(30, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        moved.W_enc.copy_(sae.W_enc[:, order])
        moved.W_dec.copy_(sae.W_dec[order])
        for name in gate.learned:
            getattr(moved, name).copy_(getattr(sae, name)[order])
    x = points(50, 6)
    a, b = (gradients(s, x, 0.3, bandwidth=BANDWIDTH).of for s in (sae, moved))
    torch.testing.assert_close(a["W_enc"][:, order], b["W_enc"], **EXACT)
    torch.testing.assert_close(a["W_dec"][order], b["W_dec"], **EXACT)
    torch.testing.assert_close(a["b_dec"], b["b_dec"], **EXACT)
    for name in gate.learned:
        torch.testing.assert_close(a[name][order], b[name], **EXACT)
    torch.testing.assert_close(sae.encode(x)[:, order], moved.encode(x), **EXACT)


@given(st.integers(1, 12), st.integers(1, 12), st.integers(1, 12), st.integers(0, 100))
@settings(max_examples=100, deadline=None)
def test_batch_top_k_lets_at_most_k_a_point_fire_and_none_below_one_it_left_out(n, d_sae, k, seed):
    k = min(k, d_sae)
    sae = random_sae(3, d_sae, BatchTopK(k), seed)
    x = points(n, 3, seed)
    found = gradients(sae, x)
    fired, positive = found.acts > 0, sae.pre_acts(x) > 0
    assert int(fired.sum()) == min(k * n, int(positive.sum()))
    left_out = sae.pre_acts(x)[positive & ~fired]
    if bool(fired.any()):
        assert found.threshold == float(found.acts[fired].min())
        assert not len(left_out) or float(left_out.max().detach()) <= found.threshold
    else:
        assert found.threshold is None


def test_batch_top_k_breaks_ties_without_letting_more_fire():
    sae = SAE(1, 4, BatchTopK(2))
    with torch.no_grad():
        sae.W_enc.fill_(1.0)
    found = gradients(sae, torch.tensor([[1.0], [1.0], [2.0]]))
    assert int((found.acts > 0).sum()) == 6
    assert int((found.acts[2] > 0).sum()) == 4


def test_auxiliary_gradients_equal_autograd_of_the_auxiliary_loss():
    d_in, weight = 6, 0.25
    sae = random_sae(d_in, 20, TopK(2), seed=11)
    x = points(17, d_in, seed=1)
    dead = torch.zeros(20, dtype=torch.bool)
    dead[[1, 4, 5, 9, 17]] = True
    found = gradients(sae, x)
    add_auxiliary_gradients(sae, x, found, dead, weight)

    loss = (sae(x) - x).square().sum(1).mean()
    left_over = (x - sae(x)).detach()
    pre_dead = sae.pre_acts(x)[:, dead]
    z_dead = pre_dead * top_k_mask(pre_dead, d_in // 2)
    loss = loss + weight * (z_dead @ sae.W_dec[dead] - left_over).square().sum(1).mean()
    loss.backward()
    for name, gradient in found.of.items():
        torch.testing.assert_close(gradient, getattr(sae, name).grad, **EXACT)


def test_hand_worked_gradient_of_one_neuron():
    # x = 3, w_enc = w_dec = 1, b = 0: z = 3, x̂ = 3, nothing to mend; with w_dec = 2: x̂ = 6, r = 2·3 = 6.
    sae = SAE(1, 1, ReLU(), dtype=torch.float64)
    sae.W_enc.data.fill_(1.0)
    sae.W_dec.data.fill_(2.0)
    g = gradients(sae, torch.tensor([[3.0]], dtype=torch.float64))
    assert (g.squared_error, g.of["W_dec"].item(), g.of["b_enc"].item(), g.of["W_enc"].item()) == (
        9,
        18,
        12,
        36,
    )
    assert g.of["b_dec"].item() == 6.0 - 12.0


def test_hand_worked_gradient_of_a_threshold():
    # p = 3, θ = 2.5, ε = 2: within the window. z = 3, x̂ = 6, dz = 2·3·2 = 12;
    # dθ = -(θ/ε)·dz - λ/ε = -15 - 0.25 = -15.25 with λ = 0.5.
    sae = SAE(1, 1, JumpReLU(), dtype=torch.float64)
    with torch.no_grad():
        sae.W_enc.fill_(1.0)
        sae.W_dec.fill_(2.0)
        sae.threshold.fill_(2.5)
    x = torch.tensor([[3.0]], dtype=torch.float64)
    found = gradients(sae, x, 0.5, bandwidth=2.0)
    assert (found.loss, found.of["threshold"].item(), found.of["W_enc"].item()) == (9.5, -15.25, 36.0)
    assert gradients(sae, x, 0.5, bandwidth=0.9).of["threshold"].item() == 0.0  # 3 is not within 2.5 ± 0.45


def test_hand_worked_gradient_of_nested_prefixes():
    # Two neurons of activations 1 and 2, decoders 1 and 1, x = 3: x̂ = 1 and 3; errors 4 and 0, their mean 2.
    sae = SAE(1, 2, Matryoshka(TopK(2), (1, 2)), dtype=torch.float64)
    with torch.no_grad():
        sae.W_enc.copy_(torch.tensor([[1 / 3, 2 / 3]], dtype=torch.float64))
        sae.W_dec.fill_(1.0)
    g = gradients(sae, torch.tensor([[3.0]], dtype=torch.float64))
    assert g.loss == pytest.approx(2.0)
    assert g.squared_error == pytest.approx(0.0)
    np.testing.assert_allclose(
        g.of["W_dec"], [[-2.0], [0.0]], atol=1e-12
    )  # 2(1-3)/2 · 1, nothing for the second


def test_a_gate_without_known_gradients_is_refused():
    class Odd(Gate):
        architecture = "odd"

        def acts(self, pre_acts, parameters=None):
            return pre_acts

    with pytest.raises(InputError, match="gate"):
        gradients(SAE(2, 2, Odd()), torch.zeros(1, 2))


@pytest.mark.parametrize("gate", [ReLU(), TopK(2), JumpReLU(), Gated()], ids=str)
def test_fired_names_exactly_the_neurons_with_a_positive_activation(gate):
    sae = random_sae(4, 90, gate, seed=0)
    x = points(25, 4, seed=2)
    np.testing.assert_array_equal(gradients(sae, x).fired, sae.active(x).any(0))


@given(st.floats(0.1, 3), st.floats(0.1, 3), st.floats(-0.9, 0.9), st.sampled_from([(0, 1), (1, 0)]))
@settings(max_examples=50, deadline=None)
def test_nesting_charges_a_prefix_for_absorption_where_the_parent_comes_first(a, b, cosine, order):
    # Parent v, child w at the given cosine; all points are a·v + b·w. The parent fires, or is silent and the
    # child's row is the sum: both exact with two neurons; with the first alone the errors differ.
    v = torch.tensor([1.0, 0.0], dtype=torch.float64)
    w = torch.tensor([cosine, (1 - cosine**2) ** 0.5], dtype=torch.float64)
    x = (a * v + b * w).repeat(5, 1)
    dual = torch.linalg.inv(torch.stack([v, w], 1))  # rows pick the amplitude of v and that of w
    both = (a * v + b * w).norm()
    losses = []
    for rows, columns in (
        (torch.stack([v, w]), dual.T),
        (torch.stack([v, (a * v + b * w) / both]), torch.stack([-dual[1], dual[1] * both / b], 1)),
    ):
        sae = SAE(2, 2, Matryoshka(TopK(2), (1, 2)), dtype=torch.float64)
        with torch.no_grad():
            sae.W_dec.copy_(rows[list(order)])
            sae.W_enc.copy_(columns[:, list(order)])
        found = gradients(sae, x)
        assert found.squared_error == pytest.approx(0.0, abs=1e-9)
        losses.append(2 * found.loss)  # the loss is the mean over two prefixes, and the second's is 0
    charged = a**2 + 2 * a * b * cosine if order == (0, 1) else -(a**2)
    assert losses[1] - losses[0] == pytest.approx(charged, abs=1e-8)
