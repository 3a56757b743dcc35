"""Where training gets its batches from: an array that is gone through in epochs, or a stream read once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np
import torch

from saelib.errors import InputError
from saelib.sae.check import first_row_not_finite
from saelib.sae.model import Points
from saelib.sae.start import centre_of

_START = 10_000  # points of a stream that its centre is taken from
_LAST = 16_384  # points of a stream, the last ones trained on, that quality is measured on


class ArrayBatches:
    """Batches without replacement within an epoch, reshuffled every epoch; the short last one is dropped.

    Parameters
    ----------
    points : Tensor [n_points, d_in]
        Checked, in the dtype and on the device of the training.
    size : int
        Points a batch; all of them if there are fewer.
    generator : torch.Generator
        Draws the points that the centre is taken from, then the order of each epoch.

    Examples
    --------
    >>> batches = ArrayBatches(torch.arange(4.0)[:, None], 3, torch.Generator().manual_seed(0))
    >>> len(batches.next()), len(batches.measured())
    (3, 4)
    """

    def __init__(self, points: torch.Tensor, size: int, generator: torch.Generator) -> None:
        self._points = points
        self._size = min(size, len(points))
        self._generator = generator
        self._order = torch.empty(0, dtype=torch.int64)
        self._at = 0
        self._batch = points.new_empty(self._size, points.shape[1])

    def centre(self, kind: str) -> torch.Tensor:
        """Where the decoder bias starts, [d_in]."""
        return centre_of(self._points, kind, self._generator)

    def next(self) -> torch.Tensor:
        """The next batch, in the same memory as the one before."""
        if self._at + self._size > len(self._order):
            self._order = torch.randperm(len(self._points), generator=self._generator).to(self._points.device)
            self._at = 0
        rows = self._order[self._at : self._at + self._size]
        self._at += self._size
        return torch.index_select(self._points, 0, rows, out=self._batch)

    def measured(self) -> torch.Tensor:
        """The points that quality is measured on."""
        return self._points[:100_000]


class StreamBatches:
    """Batches cut from a stream of chunks, in its order; of the stream only what is being worked on is held.

    Parameters
    ----------
    stream : iterable of arrays or tensors [any, d_in]
        Read once. Chunks may be of any lengths, which leave no trace in the batches.
    size, count : int
        Points a batch, and batches that will be asked for.
    device : torch.device or str
        Where batches are wanted.

    Raises
    ------
    InputError
        When a chunk is met that is no matrix of finite numbers or has another d_in than the first, when the
        first points are all equal, or when the stream ends before ``count`` batches.

    Examples
    --------
    >>> batches = StreamBatches([np.array([[0.0], [1.0], [2.0]]), np.array([[3.0]])], 2, 2, "cpu")
    >>> batches.centre("mean").item()
    1.5
    >>> batches.next().ravel().tolist(), batches.next().ravel().tolist()
    ([0.0, 1.0], [2.0, 3.0])
    """

    def __init__(self, stream: Iterable[Points], size: int, count: int, device: torch.device | str) -> None:
        self._source: Iterator[object] = iter(stream)
        self._size, self._needed = size, size * count
        self._read = self._chunks = self._at = self._given = 0
        self._d_in = 0
        self._chunk = self._pull()
        dtype = torch.float64 if self._chunk.dtype == torch.float64 else torch.float32
        self._batch = torch.empty(size, self._d_in, dtype=dtype, device=device)
        self._ahead: deque[torch.Tensor] = deque()
        self._last: deque[torch.Tensor] = deque(maxlen=max(1, _LAST // size))
        self._read_start()

    def _read_start(self) -> None:
        """Read as many chunks ahead as the centre is taken from; they are trained on all the same."""
        start = min(_START, self._needed)
        pieces = [self._chunk.to(self._batch.dtype, copy=True)]
        while self._read < start:
            pieces.append(self._pull().to(self._batch.dtype, copy=True))
        self._chunk, *rest = pieces
        self._ahead.extend(rest)
        self._start = torch.cat(pieces)[:start].to(self._batch.device)
        if bool((self._start == self._start[0]).all()):
            raise InputError("points", f"is constant: its first {start} are equal", "give points that differ")

    def _pull(self) -> torch.Tensor:
        """The source's next chunk, checked."""
        try:
            chunk = next(self._source)
        except StopIteration:
            raise InputError(
                "points",
                f"ends after {self._read} of the {self._needed} that all steps together need",
                "give a longer stream, fewer steps or a smaller batch_size",
            ) from None
        tensor = _checked(chunk, self._chunks, self._d_in)
        self._d_in = tensor.shape[1]
        self._chunks += 1
        self._read += len(tensor)
        return tensor

    def centre(self, kind: str) -> torch.Tensor:
        """Where the decoder bias starts, [d_in], by the first 10,000 points."""
        return centre_of(self._start, kind, torch.Generator(), sample=_START)

    def next(self) -> torch.Tensor:
        """The next batch, in the same memory as the one before."""
        filled = 0
        while filled < self._size:
            if self._at == len(self._chunk):
                self._chunk = self._ahead.popleft() if self._ahead else self._pull()
                self._at = 0
            taken = min(self._size - filled, len(self._chunk) - self._at)
            self._batch[filled : filled + taken].copy_(self._chunk[self._at : self._at + taken])
            self._at += taken
            filled += taken
        self._given += self._size
        if self._given > self._needed - _LAST - self._size:
            self._last.append(self._batch.clone())
        return self._batch

    def measured(self) -> torch.Tensor:
        """The points that quality is measured on: the last ones given, at most 16,384 or one batch."""
        return torch.cat(list(self._last))


def _checked(chunk: object, number: int, d_in: int) -> torch.Tensor:
    """A chunk as a tensor [m, d_in]; ``d_in`` 0 accepts any."""
    if not isinstance(chunk, (np.ndarray, torch.Tensor)):
        raise InputError(
            "points", f"gives a {type(chunk).__name__} as chunk {number}", "give arrays or tensors [m, d_in]"
        )
    if isinstance(chunk, np.ndarray):
        # torch warns of arrays that it cannot write to, as those of a file opened for reading.
        chunk = np.ascontiguousarray(chunk) if chunk.flags.writeable else chunk.copy()
        if chunk.dtype.kind not in "fiu":
            raise InputError("points", f"has dtype {chunk.dtype} in chunk {number}", "give numbers")
    tensor = torch.as_tensor(chunk)
    if tensor.ndim != 2 or 0 in tensor.shape:
        offence = f"has shape {tuple(tensor.shape)} in chunk {number}"
        raise InputError("points", offence, "give chunks [m, d_in] of at least one point")
    if tensor.dtype == torch.bool or tensor.is_complex():
        raise InputError("points", f"has dtype {tensor.dtype} in chunk {number}", "give numbers")
    if d_in and tensor.shape[1] != d_in:
        offence = f"has d_in {tensor.shape[1]} in chunk {number} and {d_in} before"
        raise InputError("points", offence, "give points of one space")
    row = first_row_not_finite(tensor)
    if row is not None:
        raise InputError(
            "points", f"has NaN or infinity in row {row} of chunk {number}", "remove or mend that row"
        )
    return tensor
