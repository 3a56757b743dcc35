"""SAE folders that lie: one clear line each, nothing executed, nothing large allocated."""

import json
import os
import pickle
import struct
import tracemalloc
import zipfile

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save

from saelib.errors import InputError
from saelib.sae import SAE, ReLU, load_sae, save_sae

WEIGHTS = "sae_weights.safetensors"


class Bomb:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return (open, (self.mark, "w"))


@pytest.fixture
def folder(tmp_path):
    return save_sae(SAE(3, 7, ReLU()), tmp_path / "sae")


def refused(folder, match) -> InputError:
    with pytest.raises(InputError, match=match) as caught:
        load_sae(folder)
    assert "\n" not in str(caught.value)
    return caught.value


def with_header(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def tensor(shape, begins, ends, dtype="F32"):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begins, ends]}


# --- pickles ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_named_safetensors_is_not_opened(folder, tmp_path, protocol):
    (folder / WEIGHTS).write_bytes(pickle.dumps(Bomb(tmp_path / "mark"), protocol=protocol))
    assert "weights_only=True" in refused(folder, "is a pickle or a zip archive under another name").mend
    assert not (tmp_path / "mark").exists()


def test_the_oldest_pickle_named_safetensors_is_not_opened(folder, tmp_path):
    (folder / WEIGHTS).write_bytes(pickle.dumps(Bomb(tmp_path / "mark"), protocol=0))
    refused(folder, "cannot be read")
    assert not (tmp_path / "mark").exists()


def test_what_torch_saves_named_safetensors_is_not_opened(folder, tmp_path):
    torch.save({"W_enc": Bomb(tmp_path / "mark")}, folder / WEIGHTS)
    assert zipfile.is_zipfile(folder / WEIGHTS)
    refused(folder, "is a pickle or a zip archive under another name")
    assert not (tmp_path / "mark").exists()


@pytest.mark.parametrize("name", ["ae.pt", "model.pth", "pytorch_model.bin", "sae.PKL", "w.npz", "weights"])
def test_a_folder_with_a_pickle_says_how_to_convert_it(tmp_path, name):
    (tmp_path / name).write_bytes(pickle.dumps(Bomb(tmp_path / "mark")))
    assert (
        f"torch.load('{name}', map_location='cpu', weights_only=True)" in refused(tmp_path, "a pickle").mend
    )
    assert not (tmp_path / "mark").exists()


def test_a_name_never_becomes_part_of_a_command_that_it_could_change(tmp_path):
    (tmp_path / "a'); import os; os.system('x.pt").write_bytes(b"")
    assert "os.system" not in refused(tmp_path, "a pickle").mend


def test_a_training_state_beside_the_weights_is_left_alone(folder):
    (folder / "trainer_state.pt").write_bytes(b"\x80\x02")
    assert load_sae(folder).d_sae == 7
    (folder / WEIGHTS).unlink()
    refused(folder, f"has no {WEIGHTS}")


# --- sizes -----------------------------------------------------------------------------------------------


def test_ten_gigabytes_of_nothing_are_refused_before_they_are_read(folder):
    size = 10 * 2**30
    whole = (folder / WEIGHTS).read_bytes()
    tracemalloc.start()
    for start, match in [
        (whole, "bytes where its header speaks of"),
        (b"", "cannot be read"),
        (with_header({"b_dec": tensor([3], 0, 12)}), "bytes where its header speaks of"),
    ]:
        (folder / WEIGHTS).write_bytes(start)
        os.truncate(folder / WEIGHTS, size)
        refused(folder, match)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="this system does not tell holes")
def test_ten_gigabytes_of_nothing_that_header_and_config_agree_on_are_refused(folder):
    d_sae = 10 * 2**30 // 16 // 7
    sizes = {"W_enc": [3, d_sae], "W_dec": [d_sae, 3], "b_enc": [d_sae], "b_dec": [3]}
    header, end = {}, 0
    for name, shape in sizes.items():
        length = 4 * torch.Size(shape).numel()
        header[name] = tensor(shape, end, end + length)
        end += length
    start = with_header(header)
    (folder / WEIGHTS).write_bytes(start)
    os.truncate(folder / WEIGHTS, len(start) + end)
    config = json.loads((folder / "cfg.json").read_text())
    (folder / "cfg.json").write_text(json.dumps(config | {"d_sae": d_sae}))
    refused(folder, "holds almost none")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "does not begin"),
        (b"\x02\x00\x00\x00\x00\x00\x00\x00{}", "holds no W_dec"),
        (with_header({}, length=2**63), "a header of 9223372036854775808 bytes"),
        (with_header({}, length=3), "a header of 3 bytes in 10"),
        (with_header(b"{" + b" " * 1_000_001), "a header of 1000002 bytes"),
        (with_header(b"{]"), "not JSON"),
        (with_header(b'{"a": NaN}'), "not JSON"),
        (with_header(b'{"a": {}, "a": {}}'), "twice"),
        (with_header(b'{"a":' + b"[" * 100_000), "not JSON"),
        (with_header({"b_dec": [1]}), "misdescribes 'b_dec'"),
        (with_header({"b_dec": tensor([3], 0, 12, dtype=["F32"])}, b"0" * 12), "misdescribes"),
        (with_header({"b_dec": tensor([3], 0, 12, dtype="F128")}, b"0" * 12), "misdescribes"),
        (with_header({"b_dec": tensor([-3], 0, 12)}, b"0" * 12), "misdescribes"),
        (with_header({"b_dec": tensor([3.0], 0, 12)}, b"0" * 12), "misdescribes"),
        (with_header({"b_dec": tensor([True], 0, 4)}, b"0" * 4), "misdescribes"),
        (with_header({"b_dec": tensor([3], 0, 8)}, b"0" * 8), "misplaces"),
        (with_header({"b_dec": tensor([2**40], 0, 12)}, b"0" * 12), "misplaces"),
        (with_header({"b_dec": tensor([3], 4, 16)}, b"0" * 16), "misplaces"),
        (with_header({"b_dec": tensor([3], 0, 12), "b": tensor([3], 0, 12)}, b"0" * 12), "misplaces"),
        (with_header({"b_dec": tensor([3], 0, 12)}, b"0" * 11), "11 bytes where its header speaks of 12"),
        (with_header({"b_dec": tensor([3], 0, 12)}, b"0" * 13), "13 bytes where its header speaks of 12"),
    ],
)
def test_a_header_that_disagrees_with_its_file_is_named(folder, content, match):
    (folder / WEIGHTS).write_bytes(content)
    refused(folder, match)


@given(place=st.integers(0, 10_000), to=st.binary(max_size=4))
def test_a_file_damaged_anywhere_is_read_or_refused_and_nothing_else(tmp_path_factory, place, to):
    folder = save_sae(SAE(3, 7, ReLU()), tmp_path_factory.mktemp("damaged") / "sae")
    whole = (folder / WEIGHTS).read_bytes()
    place %= len(whole)
    (folder / WEIGHTS).write_bytes(whole[:place] + to + whole[place + 2 :])
    try:
        assert load_sae(folder).d_sae == 7
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either outcome is right, and nothing else is


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 100, -1])
def test_a_file_cut_anywhere_is_named(folder, cut):
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:cut])
    refused(folder, "cannot be read")


# --- configurations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (b"{" + b" " * 1_000_001 + b"}", "larger than 1 MB"),
        (b'{"d_in": NaN}', "NaN is no JSON number"),
        (b'{"d_in": -Infinity}', "-Infinity is no JSON number"),
        (b'{"d_in": 1e999}', "too large"),
        (b'{"d_in": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"d_in": 3, "d_in": 4}', "twice"),
        (b"\xff\xfe{\x00}\x00", "not JSON"),
        (b"null", "not a JSON object"),
    ],
)
def test_a_config_that_is_not_one_is_named(folder, text, match):
    (folder / "cfg.json").write_bytes(text)
    refused(folder, match)


def test_a_dimension_beyond_all_files_is_named(folder):
    config = json.loads((folder / "cfg.json").read_text())
    (folder / "cfg.json").write_text(json.dumps(config | {"d_in": 10**18, "d_sae": 10**18}))
    refused(folder, "shape")


# --- what is no ordinary file ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cfg.json", WEIGHTS])
def test_a_pipe_a_device_and_a_folder_are_refused_and_not_waited_for(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    refused(folder, f"{name} is not an ordinary file")
    (folder / name).unlink()
    (folder / name).symlink_to("/dev/zero")
    refused(folder, f"{name} is not an ordinary file")
    (folder / name).unlink()
    (folder / name).mkdir()
    refused(folder, f"{name} is not an ordinary file")


def test_a_link_to_an_ordinary_file_is_followed_as_download_caches_need(folder, tmp_path):
    (folder / WEIGHTS).rename(tmp_path / "blob")
    (folder / WEIGHTS).symlink_to(tmp_path / "blob")
    assert load_sae(folder).d_sae == 7
    (tmp_path / "blob").unlink()
    refused(folder, f"has no {WEIGHTS}")


def test_a_folder_of_saes_asks_for_one_of_them(folder):
    refused(folder.parent, "1 below it: give one, say sae")


def test_two_layouts_in_one_folder_are_not_guessed_between(folder):
    (folder / "sae.safetensors").write_bytes(save({"b_dec": torch.zeros(3)}))
    refused(folder, r"sae_weights\.safetensors and sae\.safetensors")


@pytest.mark.parametrize(
    ("present", "lacking"),
    [
        (["sae.safetensors"], "cfg.json"),
        (["ae.safetensors"], "config.json"),
        (["config.json"], "ae.safetensors"),
    ],
)
def test_the_half_that_a_folder_lacks_is_named(tmp_path, present, lacking):
    for name in present:
        (tmp_path / name).write_bytes(b"{}")
    refused(tmp_path, f"has no {lacking}")
