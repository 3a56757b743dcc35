"""The command ``saelib analyse``: options in, a report out."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from saelib.errors import InputError

__all__ = ["add_analyse"]


def add_analyse(commands: Any) -> None:
    """Add the command to a command line.

    Parameters
    ----------
    commands : argparse subparsers
        What ``ArgumentParser.add_subparsers`` returned.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_analyse(parser.add_subparsers())
    >>> line = "analyse --sae sae --points x.npy --concepts labels.csv --out out".split()
    >>> parser.parse_args(line).eta
    0.3
    """
    command = commands.add_parser(
        "analyse",
        help="your own SAE against your own concepts: tables and a report",
        description="Hold a sparse autoencoder against labelled points. Writes OUT/report.html and "
        "OUT/tables/*.parquet: first for a sample, marked provisional, then for all points. Stop it any way "
        "you like; the same command resumes.",
    )
    given = command.add_argument_group("what to analyse")
    given.add_argument("--sae", required=True, metavar="DIR", help="folder of the SAE")
    given.add_argument("--points", metavar="FILE|FOLDER", help="activations: .npy, .safetensors or .parquet")
    given.add_argument("--tensor", metavar="NAME", help="which tensor of .safetensors files with several")
    given.add_argument("--concepts", required=True, metavar="LABELS", help="labels: .csv or .parquet")
    given.add_argument("--parents", metavar="FILE", help="which concept is a special case of which")
    given.add_argument("--drop-empty", action="store_true", help="leave out concepts without a point")
    given.add_argument("--groups", metavar="FILE", help="a line a point: its document, head word or the like")
    given.add_argument("--out", required=True, metavar="DIR", help="folder of the results")
    text = command.add_argument_group("in place of --points")
    text.add_argument("--model", metavar="DIR", help="folder of a Hugging Face model")
    text.add_argument(
        "--texts",
        metavar="FILE",
        help="a text a line, or a table of them; each becomes a point, kept in OUT_points",
    )
    text.add_argument("--layer", type=int, metavar="N", help="residual stream after so many layers")
    text.add_argument(
        "--tokens",
        choices=("last", "mean", "every"),
        help="the last token of each text, their mean, or every token as a point (last)",
    )
    text.add_argument("--column", metavar="NAME", help="which column of a table holds the texts (text)")
    text.add_argument("--max-length", type=int, metavar="N", help="cut texts after so many tokens")
    how = command.add_argument_group("settings")
    for name, default, what in (
        ("delta", 0.1, "share of a concept that may be missed, detection"),
        ("epsilon", 0.1, "share of the rest that may be leaked into, separation"),
        ("eta", 0.3, "Jaccard distance of approximation"),
        ("alpha", 0.3, "tolerance of the lattice"),
        ("threshold", 0.0, "a neuron fires where its activation exceeds it"),
    ):
        how.add_argument(
            f"--{name}", type=float, default=default, metavar="X", help=f"{what} (default {default})"
        )
    how.add_argument("--audit", type=int, default=4, metavar="N", help="concepts to ask geometry about (4)")
    how.add_argument(
        "--preview", type=int, default=20_000, metavar="N", help="points of the first report (20000); 0: none"
    )
    how.add_argument("--seed", type=int, default=0, metavar="N", help="of the halves and samples (0)")
    how.add_argument("--jobs", type=int, metavar="N", help="threads (default: one a processor)")
    how.add_argument("--no-resume", action="store_true", help="begin anew whatever is there")
    command.set_defaults(run=_analyse)


def _analyse(options: argparse.Namespace) -> int:
    from saelib.analysis import analyse

    found = analyse(
        options.sae,
        _points(options),
        options.concepts,
        options.out,
        parents=options.parents,
        drop_empty=options.drop_empty,
        groups=_groups(options.groups),
        resume=not options.no_resume,
        command=_repeated(options),
        **{name: getattr(options, name) for name in _PASSED_ON},
    )
    facts = found.facts
    f1 = "unavailable" if facts["f1_mean"] is None else f"{facts['f1_mean']:.2f}"
    print(
        f"Done: {facts['points']:,} points, {facts['d_sae']:,} neurons, {facts['concepts']:,} concepts; "
        f"best-neuron F1 {f1} on average; {found.report}"
    )
    return 0


def _repeated(options: argparse.Namespace) -> str:
    """The command line with all options in force, paths as they were given."""
    words = ["saelib", "analyse"]
    for name, value in vars(options).items():
        if name in ("command", "run", "handed_on") or value is None or value is False:
            continue
        option = f"--{name.replace('_', '-')}"
        # Joined, so that a value may begin with a dash.
        words.append(option if value is True else f"{option}={value}")
    return shlex.join(words)


_PASSED_ON = ("delta", "epsilon", "eta", "alpha", "threshold", "audit", "preview", "seed", "jobs")


def _points(options: argparse.Namespace) -> Any:
    from_text = {name: getattr(options, name) for name in ("model", "texts", "layer")}
    chosen = {name: getattr(options, name) for name in ("tokens", "column", "max_length")}
    if options.points is not None:
        for name, value in (from_text | chosen).items():
            if value is not None:
                option = f"--{name.replace('_', '-')}"
                raise InputError(option, "is given beside --points", "leave one of them out")
        if options.tensor is None:
            return options.points
        from saelib.data.files import open_points

        return open_points(options.points, tensor=options.tensor)
    if options.tensor is not None:
        raise InputError("--tensor", "is given without --points", "name the file that holds it")
    for name, value in from_text.items():
        if value is None:
            offence = (
                "is missing" if any(v is not None for v in from_text.values()) else "and --points are missing"
            )
            raise InputError(f"--{name}", offence, "give --points, or --model, --texts and --layer")
    from saelib.data.files import model_points

    beside = Path(options.out).absolute()  # kept, so that other labels do not need them made again
    return model_points(
        options.model,
        options.texts,
        options.layer,
        beside.with_name(f"{beside.name}_points"),
        **{name: value for name, value in chosen.items() if value is not None},
    )


def _groups(path: str | None) -> list[str] | None:
    if path is None:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(
            "--groups", f"{path} cannot be read ({error.strerror})", "name a text file"
        ) from None
    except UnicodeDecodeError:
        raise InputError("--groups", f"{path} is not UTF-8", "save it as UTF-8, a line a point") from None
