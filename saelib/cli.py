"""The command line: ``saelib analyse``, ``saelib reproduce``, ``run``, ``verify`` and ``claims``.

What a command needs is imported when it runs, so that the ledger opens at once.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from saelib.errors import InputError

if TYPE_CHECKING:
    from saelib.claims import Row

_MARKS = {"held": "✓", "held in part": "◐", "did not hold": "✗", "not run": "·"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those of the process.

    Returns
    -------
    int
        Exit status: 0 done, 1 something failed or differs, 2 the input was refused (one line on standard
        error says what to mend), 130 stopped by hand.

    Examples
    --------
    >>> main(["claims", "--results", "no/such/folder"])
    2
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    # What follows "--" is Snakemake's; argparse would take it for positional arguments of ours.
    handed_on = given[given.index("--") + 1 :] if "--" in given else []
    ours = given[: given.index("--")] if "--" in given else given
    options = _parser().parse_args(ours)
    if handed_on and options.command not in ("reproduce", "verify"):
        return _refuse(InputError("--", "is followed by options that nothing takes", "leave them out"))
    options.handed_on = handed_on
    try:
        status: int = options.run(options)
    except InputError as error:
        return _refuse(error)
    except KeyboardInterrupt:
        print("saelib: stopped; the same command resumes", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of a pipe (`saelib claims | head`) has seen enough
        sys.stderr.close()
        return 0
    return status


def _reproduce(options: argparse.Namespace) -> int:
    from saelib.study.reproduction import StudyError, reproduce

    try:
        outcome = reproduce(
            options.profile,
            root=options.root,
            only=options.only,
            jobs=options.jobs,
            snakemake_options=options.handed_on,
        )
    except StudyError as error:
        return _report(error)
    where = _short(outcome.root)
    if options.handed_on:
        return 0
    if outcome.steps == 0:
        what = ", ".join(options.only) if options.only else "every table, notebook and page"
        print(f"Nothing to do: {what} of profile {options.profile!r} is up to date ({where})")
    else:
        print(f"Done: {outcome.steps} steps of profile {options.profile!r} ({where})")
    return 0


def _run(options: argparse.Namespace) -> int:
    import yaml

    from saelib.study.paths import notebook_named, notebook_sources
    from saelib.study.runner import NotebookError, run_notebook

    source = notebook_sources()[notebook_named(options.notebook)]
    output = Path(options.output or f"{source.stem}.ipynb")
    if output.absolute().parent == source.parent.absolute():
        raise InputError("output", f"{output} is where the study keeps its own", "choose another folder")
    try:
        parameters = {name: yaml.safe_load(value) for name, value in options.parameters}
    except yaml.YAMLError as error:
        raise InputError("parameter", f"is not YAML ({error})", "give a number, a word or a list") from None
    hidden = contextlib.nullcontext() if options.traceback else contextlib.redirect_stderr(io.StringIO())
    try:
        with hidden:
            run_notebook(source, output, parameters)
    except NotebookError as error:
        print(f"saelib: error: {error}", file=sys.stderr)
        return 2 if error.is_input_error else 1
    print(f"Done: {_short(output.absolute())}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from saelib.study.reproduction import StudyError
    from saelib.study.verification import DIFFERENT, IDENTICAL, NOT_RECOMPUTED, WITHIN, Tolerance, verify

    tolerance = Tolerance(relative=options.rtol, absolute=options.atol)
    try:
        compared = verify(
            options.profile,
            root=options.root,
            committed=options.committed,
            jobs=options.jobs,
            tolerance=tolerance,
            snakemake_options=options.handed_on,
        )
    except StudyError as error:
        return _report(error)
    print(*compared, sep="\n")
    outcomes = [each.outcome for each in compared]
    kinds = [IDENTICAL, WITHIN, DIFFERENT, *([NOT_RECOMPUTED] if NOT_RECOMPUTED in outcomes else [])]
    counts = [f"{outcomes.count(kind)} {kind}" for kind in kinds]
    print(f"{', '.join(counts)} (tolerance {tolerance.relative:g} relative, {tolerance.absolute:g} absolute)")
    return int(any(each.outcome == DIFFERENT for each in compared))


def _claims(options: argparse.Namespace) -> int:
    from saelib.claims import ledger

    if options.results is not None and not Path(options.results).is_dir():
        raise InputError("--results", f"{options.results} is no folder", "name a folder of results")
    rows = ledger(options.results)
    if options.json:
        print(json.dumps([_as_json(row) for row in rows], indent=2, sort_keys=True, ensure_ascii=False))
        return 0
    width = max(60, min(shutil.get_terminal_size().columns, 110))
    print("\n".join(line for row in rows for line in _ledger_lines(row, width)))
    tally = ", ".join(f"{sum(row.verdict == verdict for row in rows)} {verdict}" for verdict in _MARKS)
    print(f"\n{len(rows)} claims: {tally}")
    return 0


def _ledger_lines(row: Row, width: int) -> list[str]:
    head = f"{_MARKS[row.verdict]} {row.claim.id:<4} {row.verdict.upper():<13}"
    indent = " " * (len(head) + 1)
    statement = f"{row.claim.statement} [{row.claim.source}; {row.claim.notebook}]"
    lines = textwrap.wrap(statement, width, initial_indent=f"{head} ", subsequent_indent=indent)
    for name, measured in row.measurements.items():
        interval = f" [{measured.interval[0]:.3g}, {measured.interval[1]:.3g}]" if measured.interval else ""
        n = f", n = {measured.n:,}" if measured.n is not None else ""
        mark = _MARKS["held" if row.holds(name) else "did not hold"]
        criterion = row.claim.quantities[name].criterion
        lines.append(f"{indent}{mark} {name} {measured.value:.3g}{interval}{n} (declared {criterion})")
    return lines


def _as_json(row: Row) -> dict[str, Any]:
    quantities = {}
    for name, quantity in row.claim.quantities.items():
        measured = row.measurements.get(name)
        quantities[name] = {
            "meaning": quantity.meaning,
            "criterion": {"kind": quantity.criterion.kind, "threshold": quantity.criterion.threshold},
            "holds": row.holds(name),
            "measured": measured.as_json() if measured else None,
        }
    claim = row.claim
    return {
        "id": claim.id,
        "statement": claim.statement,
        "source": claim.source,
        "notebook": claim.notebook,
        "verdict": row.verdict,
        "quantities": quantities,
    }


def _report(error: Any) -> int:
    for line in error.lines:
        print(f"saelib: error: {line}", file=sys.stderr)
    return 2 if error.is_input_error else 1


def _refuse(error: InputError) -> int:
    print(f"saelib: error: {' '.join(str(error).split())}", file=sys.stderr)
    return 2


def _short(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


class _OneLineParser(argparse.ArgumentParser):
    """argparse prints its usage before every error; one line that names the mend is enough."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: error: {message} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    from saelib import __version__
    from saelib.analysis.command import add_analyse

    parser = _OneLineParser(prog="saelib", description="Concept learning in sparse autoencoders: the study.")
    parser.add_argument("--version", action="version", version=f"saelib {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    reproduce = commands.add_parser(
        "reproduce",
        help="run the study, resuming where it stopped",
        description="Run what is not up to date: sweeps, tables, notebooks, site. Stop it any way you like; "
        "the same command resumes.",
        epilog="Options after -- go to Snakemake, say: saelib reproduce -- --dry-run",
    )
    reproduce.add_argument("--profile", default="full", help="full (what the book shows; default) or quick")
    reproduce.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="NOTEBOOK",
        help="a notebook's name or its beginning, 02",
    )
    reproduce.add_argument("--root", metavar="DIR", help="where to work (default runs/PROFILE)")
    reproduce.set_defaults(run=_reproduce)

    run = commands.add_parser(
        "run",
        help="one notebook with parameters of your own",
        description="Execute one notebook beside the study: its committed results and the ledger stay as "
        "they are. Say: saelib run 02 -p seed 3",
    )
    run.add_argument("notebook", help="a notebook's name or its beginning, 02")
    run.add_argument(
        "-p",
        "--parameter",
        dest="parameters",
        action="append",
        nargs=2,
        default=[],
        metavar=("NAME", "VALUE"),
        help="a value in place of the default, as often as you like",
    )
    run.add_argument("-o", "--output", metavar="FILE", help="the notebook to write (default ./NAME.ipynb)")
    run.add_argument("--traceback", action="store_true", help="show the whole traceback of a cell that fails")
    run.set_defaults(run=_run)

    verify = commands.add_parser(
        "verify",
        help="recompute elsewhere and compare with the committed results",
        description="Recompute the study in a scratch folder and say of every table and claim whether it is "
        "identical, within tolerance or different. Exits 1 if anything is different.",
    )
    verify.add_argument("--profile", default="full", help="the profile behind the committed results (full)")
    verify.add_argument("--root", metavar="DIR", help="scratch folder (default runs/verify, emptied first)")
    verify.add_argument("--committed", metavar="DIR", help="results to compare with (default results)")
    verify.add_argument("--rtol", type=float, default=1e-6, help="relative tolerance (default 1e-6)")
    verify.add_argument("--atol", type=float, default=1e-9, help="absolute tolerance (default 1e-9)")
    verify.set_defaults(run=_verify)
    for command in (reproduce, verify):
        command.add_argument("--jobs", type=int, metavar="N", help="processes at a time (default: all cores)")

    claims = commands.add_parser(
        "claims", help="every claim and what was found", description="Print the ledger."
    )
    claims.add_argument("--json", action="store_true", help="for programs")
    claims.add_argument("--results", metavar="DIR", help="another folder of results")
    claims.set_defaults(run=_claims)
    add_analyse(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
