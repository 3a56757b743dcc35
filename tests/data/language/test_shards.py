"""A long computation survives kills, spoilt files and company."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from saelib import InputError
from saelib.data.language.cache import cache_folder
from saelib.data.language.shards import sharded

SHAPES = [(3, 2)] * 6

# A process of its own: computes slowly and notes in a common file what it computes.
WORKER = """
import os, sys, time
from pathlib import Path
import numpy as np
from saelib.data.language.shards import sharded

folder, log, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])

def compute(number):
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{number} {os.getpid()}\\n".encode())
    time.sleep(pause)
    return np.full((3, 2), number, np.float32)

print(float(sum(shard.sum() for shard in sharded(folder, [(3, 2)] * 6, compute))))
"""


def counting(calls: list[int]) -> Callable[[int], np.ndarray]:
    def compute(number: int) -> np.ndarray:
        calls.append(number)
        return np.full((3, 2), number, np.float32)

    return compute


def start(folder: Path, log: Path, pause: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WORKER, str(folder), str(log), str(pause)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def lines(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text().splitlines()] if log.exists() else []


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_what_was_computed_once_is_read_afterwards(tmp_path: Path) -> None:
    calls: list[int] = []
    first = sharded(tmp_path / "new", SHAPES, counting(calls))
    second = sharded(tmp_path / "new", SHAPES, counting(calls))
    assert calls == [0, 1, 2, 3, 4, 5]
    for number, (one, other) in enumerate(zip(first, second, strict=True)):
        assert one.dtype == other.dtype == np.float32
        assert (one == number).all()
        assert np.array_equal(one, other)


def test_a_spoilt_file_is_computed_again_and_no_other(tmp_path: Path) -> None:
    sharded(tmp_path, SHAPES, counting([]))
    changed, short, long, empty = (tmp_path / f"000{number}.f32" for number in (1, 2, 4, 5))
    content = bytearray(changed.read_bytes())
    content[-1] ^= 1
    changed.write_bytes(content)
    short.write_bytes(short.read_bytes()[:-4])
    with long.open("ab") as stream:
        stream.truncate(10 << 30)  # refused by its size, not read
    empty.write_bytes(b"")
    calls: list[int] = []
    shards = sharded(tmp_path, SHAPES, counting(calls))
    assert calls == [1, 2, 4, 5]
    assert [int(shard[0, 0]) for shard in shards] == [0, 1, 2, 3, 4, 5]
    sharded(tmp_path, SHAPES, counting(calls))
    assert calls == [1, 2, 4, 5]


def test_two_processes_compute_each_shard_once_and_both_have_all(tmp_path: Path) -> None:
    log = tmp_path / "log"
    workers = [start(tmp_path / "cache", log, pause=0.3) for _ in range(2)]
    assert [float(worker.communicate(timeout=60)[0]) for worker in workers] == [90.0, 90.0]
    assert sorted(number for number, _ in lines(log)) == ["0", "1", "2", "3", "4", "5"]


def test_a_held_shard_is_left_to_its_holder_and_then_waited_for(tmp_path: Path) -> None:
    log = tmp_path / "log"
    other = start(tmp_path / "cache", log, pause=1.0)
    wait_for(lambda: len(lines(log)) == 1)
    calls: list[int] = []
    shards = sharded(tmp_path / "cache", SHAPES, counting(calls))
    assert 0 not in calls
    assert {1, 2, 3, 4} <= set(calls)
    assert (shards[0] == 0).all()
    other.communicate(timeout=60)


def test_a_killed_process_leaves_what_it_finished_and_no_lock(tmp_path: Path) -> None:
    log = tmp_path / "log"
    killed = start(tmp_path / "cache", log, pause=0.2)
    wait_for(lambda: len(lines(log)) == 3)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    finished = {int(path.stem) for path in (tmp_path / "cache").glob("*.f32")}
    assert {0, 1} <= finished <= {0, 1, 2}
    calls: list[int] = []
    shards = sharded(tmp_path / "cache", SHAPES, counting(calls))
    assert set(calls) == set(range(6)) - finished
    assert [int(shard[0, 0]) for shard in shards] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((2, 3), np.float32),
        np.zeros((3, 2), np.float64),
        np.full((3, 2), np.nan, np.float32),
        np.full((3, 2), np.inf, np.float32),
    ],
)
def test_what_is_no_shard_is_not_kept(tmp_path: Path, wrong: np.ndarray) -> None:
    with pytest.raises(InputError, match="a shard came out as"):
        sharded(tmp_path, [(3, 2)], lambda number: wrong)
    assert not list(tmp_path.glob("*.f32"))


def test_a_failed_computation_frees_its_shard(tmp_path: Path) -> None:
    def fails(number: int) -> np.ndarray:
        raise InputError("the weights", "are not there", "install them")

    with pytest.raises(InputError, match="the weights are not there"):
        sharded(tmp_path, [(3, 2)], fails)
    assert len(sharded(tmp_path, [(3, 2)], counting([]))) == 1


def test_an_error_of_the_computation_is_not_blamed_on_the_cache(tmp_path: Path) -> None:
    def fails(number: int) -> np.ndarray:
        raise FileNotFoundError("weights.gguf")

    with pytest.raises(FileNotFoundError, match=r"weights\.gguf"):
        sharded(tmp_path, [(3, 2)], fails)


def test_threads_of_one_process_compute_each_shard_once(tmp_path: Path) -> None:
    calls: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: sharded(tmp_path, SHAPES, counting(calls)), range(4)))
    assert calls == [0, 1, 2, 3, 4, 5]
    assert all(int(shards[5][0, 0]) == 5 for shards in found)


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"the cache .*/file/c cannot be written \(Not a directory\): set"):
        sharded(tmp_path / "file" / "c", [(3, 2)], counting([]))


def test_the_cache_is_where_the_user_says_else_where_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAELIB_CACHE", "/big/disk")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    monkeypatch.setenv("HOME", "/home/me")
    assert cache_folder() == Path("/big/disk")
    monkeypatch.setenv("SAELIB_CACHE", "")
    assert cache_folder() == Path("/xdg/saelib")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == Path("/home/me/.cache/saelib")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path("/home/me/.cache/saelib")
