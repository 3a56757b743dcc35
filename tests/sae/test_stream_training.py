"""Training on a stream: the steps of an array, whatever the chunks, and faults of the stream named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from saelib import InputError
from saelib.sae import BatchTopK, Gated, JumpReLU, Matryoshka, ReLU, SAEConfig, TopK, train, train_together
from saelib.sae.batches import StreamBatches

GATES = [ReLU(), TopK(2), BatchTopK(2), JumpReLU(), Gated(), Matryoshka(BatchTopK(2), (4, 16))]


def points(n: int = 2048, d_in: int = 12, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).laplace(size=(n, d_in)).astype(np.float32)


def config(gate=TopK(2), **changes) -> SAEConfig:  # noqa: B008 — gates are immutable
    weight = {} if gate.chooses else {f"{gate.penalty}_coefficient": 0.05}
    return replace(SAEConfig(d_sae=16, gate=gate, steps=8, batch_size=256, lr=1e-2), **weight, **changes)


def cut(x: np.ndarray, lengths: list[int]) -> Iterator[np.ndarray]:
    at = 0
    while at < len(x):
        length = lengths.pop(0) if lengths else 97
        yield x[at : at + length]
        at += length


def same(first, second) -> bool:
    pairs = zip(first.sae.state_dict().values(), second.sae.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_a_stream_in_the_order_of_the_arrays_epoch_gives_the_arrays_sae_bit_for_bit(gate) -> None:
    x, run = points(), config(gate)
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(run.seed)).numpy()
    whole, streamed = train(x, run), train(cut(x[order], [300, 5, 1000]), run)
    assert same(whole, streamed)
    pd.testing.assert_frame_equal(whole.history, streamed.history)
    assert whole.quality.explained_variance == pytest.approx(streamed.quality.explained_variance)


@given(lengths=st.lists(st.integers(1, 700), max_size=12))
@settings(max_examples=15, deadline=None)
def test_where_the_chunks_are_cut_leaves_no_trace(lengths: list[int]) -> None:
    x = points(600)
    run = config(steps=6, batch_size=100)
    assert same(train([x], run), train(cut(x, lengths), run))


def test_a_buffer_that_the_source_writes_over_does_no_harm() -> None:
    x = points()

    def reused() -> Iterator[np.ndarray]:
        buffer = np.empty((100, 12), dtype=np.float32)
        for at in range(0, 2000, 100):
            buffer[:] = x[at : at + 100]
            yield buffer

    run = config(steps=7)
    assert same(train(reused(), run), train([x], run))


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_saes_trained_together_are_those_trained_alone(gate) -> None:
    x = points()
    runs = [config(TopK(2), seed=3), config(gate), config(gate, seed=5, dead_after=2)]
    for together, run in zip(train_together([x], runs), runs, strict=True):
        alone = train([x], run)
        assert same(together, alone)
        assert together.quality == alone.quality


def test_a_stream_is_read_no_further_than_it_must_be() -> None:
    read = []

    def counted() -> Iterator[np.ndarray]:
        for number in range(10_000):
            read.append(number)
            yield points(64, seed=number)

    train(counted(), config(steps=4, batch_size=128))
    assert len(read) == 8


def test_a_stream_is_not_held_in_memory() -> None:
    batches = StreamBatches((points(1000, seed=i) for i in range(10_000)), 1000, 10_000, "cpu")
    for _ in range(50):
        batches.next()
    held = [batches._chunk, *batches._ahead, *batches._last]
    assert sum(len(chunk) for chunk in held) <= 10_000


def test_quality_is_measured_on_the_last_points() -> None:
    # The first half lies in other dimensions than the second: an SAE measured on the first would do badly.
    x = np.zeros((40_000, 8), dtype=np.float32)
    x[:20_000, :4], x[20_000:, 4:] = points(20_000, 4), points(20_000, 4, seed=1)
    batches = StreamBatches([x], 1000, 40, "cpu")
    for _ in range(40):
        batches.next()
    assert torch.equal(batches.measured(), torch.from_numpy(x[-16_000:]))


def test_a_memory_mapped_file_of_half_precision_can_be_the_source(tmp_path: Path) -> None:
    x = points().astype(np.float16)
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    streamed = train((mapped[at : at + 300] for at in range(0, 2048, 300)), config())
    assert streamed.sae.W_dec.dtype == torch.float32
    assert same(streamed, train([x.astype(np.float32)], config()))


def test_double_precision_is_kept_and_tensors_are_taken() -> None:
    x = torch.from_numpy(points().astype(np.float64))
    assert train(list(x.split(500)), config()).sae.W_dec.dtype == torch.float64


def test_training_on_a_stream_learns() -> None:
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.standard_normal((12, 12)))[0]

    def drawn() -> Iterator[np.ndarray]:
        while True:
            yield ((rng.random((500, 12)) < 0.15) * rng.uniform(0.5, 1.5, (500, 12))) @ directions

    result = train(drawn(), config(BatchTopK(2), steps=600))
    assert result.quality.explained_variance > 0.8


def bad(number: int, chunk: object) -> list[object]:
    chunks: list[object] = [points(300, seed=i) for i in range(7)]
    chunks[number] = chunk
    return chunks


def with_nan() -> np.ndarray:
    x = points(300)
    x[17, 3] = np.nan
    return x


@pytest.mark.parametrize(
    ("stream", "message"),
    [
        (bad(5, with_nan()), "NaN or infinity in row 17 of chunk 5"),
        (bad(0, with_nan()), "NaN or infinity in row 17 of chunk 0"),
        (bad(6, points(300, 11)), "d_in 11 in chunk 6 and 12 before"),
        (bad(2, np.zeros(12)), r"shape \(12,\) in chunk 2"),
        (bad(1, np.zeros((0, 12))), "of at least one point"),
        (bad(3, [[1.0, 2.0]]), "gives a list as chunk 3"),
        (bad(0, np.ones((4, 12), dtype=bool)), "dtype bool"),
        (bad(0, np.array([["a"]])), "dtype <U1"),
        ([points(300), points(300)], "ends after 600 of the 2048"),
        ([], "ends after 0 of the 2048"),
        ([np.ones((2048, 3), np.float32)], "is constant: its first 2048 are equal"),
    ],
)
def test_a_faulty_stream_names_its_fault(stream: list[object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        train(stream, config())


def test_a_stream_that_ends_late_in_training_says_how_much_was_missing() -> None:
    chunks = (points(1000, seed=i) for i in range(30))
    with pytest.raises(InputError, match=r"ends after 30000 of the 40960.*longer stream, fewer steps"):
        train(chunks, config(steps=160))


@pytest.mark.parametrize(
    ("stream", "configs", "message"),
    [
        (points(), [config()], "stream is a ndarray: give an iterable of chunks, or use train_grid"),
        (5, [config()], "stream is a int"),
        ([points()], [], "configs is empty"),
        ([points()], ["TopK"], "configs is empty or holds something else"),
        ([points()], [config(), config(steps=7)], "differ in batch_size or steps"),
    ],
)
def test_what_cannot_be_trained_together_is_refused(stream, configs, message: str) -> None:
    with pytest.raises(InputError, match=message):
        train_together(stream, configs)


def test_divergence_on_a_stream_names_the_step() -> None:
    x = points()
    x[1500:] *= 1e30
    with pytest.raises(InputError, match=r"loss (inf|nan) at step \d+"):
        train([x], config(ReLU(), lr=1e3))
