"""Training beside its peers: steps per CPU-second on one thread, as paired ratios in one run.

Run ``python -m benchmarks.training`` (``pip install -e .[interop]`` adds SAELens as a peer). Every round
trains our SAE and then each peer on the same points, batch size and number of steps, alternating, so that a
ratio compares neighbours in time; the median over rounds is printed with its extremes.

Peers: *autograd*, the same loss written the usual way (``torch.topk``, ``loss.backward()``,
``torch.optim.Adam``); *SAELens*, its own trainer, which also clips gradients and keeps firing statistics, as
ours keeps those of the dead. For ReLU the share of the machine's matrix-product peak is shown too: a step
needs five products of 2 · batch · d_in · d_sae operations each.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import torch

from saelib.sae import SAE, Gate, ReLU, SAEConfig, TopK, train

D_IN, BATCH, L1 = 64, 1024, 0.1


def ours(x: torch.Tensor, gate: Gate, d_sae: int, steps: int) -> None:
    """Train with saelib."""
    config = SAEConfig(d_sae=d_sae, gate=gate, steps=steps, batch_size=BATCH, b_dec_init="mean")
    train(
        x,
        config if isinstance(gate, TopK) else SAEConfig(**{**vars(config), "l1_coefficient": L1}),
        progress=False,
    )


def autograd(x: torch.Tensor, gate: Gate, d_sae: int, steps: int) -> None:
    """Train the same SAE with autograd and ``torch.topk``."""
    sae = SAE(D_IN, d_sae, gate)
    optimiser = torch.optim.Adam(sae.parameters(), lr=3e-3)
    for batch in batches(x, steps):
        pre = sae.pre_acts(batch)
        z = torch.relu(pre)
        if isinstance(gate, TopK):
            values, indices = z.topk(gate.k, dim=1)
            z = torch.zeros_like(z).scatter(1, indices, values)
        loss = (sae.decode(z) - batch).square().sum(1).mean()
        if isinstance(gate, ReLU):
            loss = loss + L1 * z.sum(1).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        with torch.no_grad():
            sae.W_dec.div_(sae.W_dec.norm(dim=1, keepdim=True))


def sae_lens(x: torch.Tensor, gate: Gate, d_sae: int, steps: int) -> None:
    """Train with SAELens's own trainer."""
    from sae_lens import (
        StandardTrainingSAE,
        StandardTrainingSAEConfig,
        TopKTrainingSAE,
        TopKTrainingSAEConfig,
    )
    from sae_lens.config import LoggingConfig, SAETrainerConfig
    from sae_lens.training.sae_trainer import SAETrainer

    if isinstance(gate, TopK):
        sae = TopKTrainingSAE(TopKTrainingSAEConfig(d_in=D_IN, d_sae=d_sae, k=gate.k))
    else:
        sae = StandardTrainingSAE(StandardTrainingSAEConfig(d_in=D_IN, d_sae=d_sae, l1_coefficient=L1))
    settings = SAETrainerConfig(
        n_checkpoints=0, checkpoint_path=None, save_final_checkpoint=False, device="cpu", autocast=False,
        total_training_samples=steps * BATCH, train_batch_size_samples=BATCH, n_restart_cycles=1,
        lr=3e-3, lr_end=3e-4, lr_scheduler_name="constant", lr_warm_up_steps=0, lr_decay_steps=0,
        adam_beta1=0.9, adam_beta2=0.999, dead_feature_window=1000, feature_sampling_window=2000,
        logger=LoggingConfig(log_to_wandb=False),
    )  # fmt: skip
    SAETrainer(cfg=settings, sae=sae, data_provider=batches(x, steps + 1)).fit()


def batches(x: torch.Tensor, n: int) -> Iterator[torch.Tensor]:
    """Yield batches drawn with replacement."""
    generator = torch.Generator().manual_seed(0)
    for _ in range(n):
        yield x[torch.randint(len(x), (BATCH,), generator=generator)]


def cpu_seconds(work: Callable[..., object], *args: object) -> float:
    """CPU seconds of one call."""
    start = time.process_time()
    work(*args)
    return time.process_time() - start


def peak(d_sae: int) -> float:
    """Operations per second of a step's product into memory that is there already: nothing is faster."""
    a, b, c = torch.randn(BATCH, D_IN), torch.randn(D_IN, d_sae), torch.empty(BATCH, d_sae)

    def products() -> None:
        for _ in range(200):
            torch.mm(a, b, out=c)

    return 200 * 2 * BATCH * D_IN * d_sae / min(cpu_seconds(products) for _ in range(9))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[128, 256, 512, 1024])
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    peers: dict[str, Callable[[torch.Tensor, Gate, int, int], None]] = {"autograd": autograd}
    try:
        import sae_lens as _

        peers["SAELens"] = sae_lens
    except ImportError:
        print("SAELens is not installed: pip install -e .[interop]")
    x = torch.randn(20_000, D_IN, generator=torch.Generator().manual_seed(0))
    print(f"d_in {D_IN}, batch {BATCH}, {args.steps} steps, {args.rounds} rounds, one thread")
    for gate in (TopK(8), ReLU()):
        for d_sae in args.sizes:
            seconds: dict[str, list[float]] = {"ours": [], **{name: [] for name in peers}}
            for _ in range(args.rounds):
                seconds["ours"].append(cpu_seconds(ours, x, gate, d_sae, args.steps))
                for name, peer in peers.items():
                    seconds[name].append(cpu_seconds(peer, x, gate, d_sae, args.steps))
            rate = args.steps / statistics.median(seconds["ours"])
            line = f"{gate!s:10} d_sae {d_sae:5}  {rate:6.0f} steps/s"
            for name in peers:
                ratios = [theirs / mine for theirs, mine in zip(seconds[name], seconds["ours"], strict=True)]
                line += (
                    f"   {name}/ours {statistics.median(ratios):5.2f} [{min(ratios):.2f}, {max(ratios):.2f}]"
                )
            if isinstance(gate, ReLU):
                line += f"   {rate * 10 * BATCH * D_IN * d_sae / peak(d_sae):.0%} of the products' peak"
            print(line, flush=True)


if __name__ == "__main__":
    main()
