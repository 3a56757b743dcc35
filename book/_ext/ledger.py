"""Live verdicts in the book: roles ``verdict`` and ``measured``, directive ``claims-ledger``.

Everything shown is read from the results folder through :mod:`saelib.claims` while the book is built, so no
page can say something else than the study found. Text from outside enters as text nodes, which the writer
escapes.

- ``{verdict}`E1``` is a badge: held, held in part, did not hold, not run.
- ``{measured}`E2.fine_gain``` is that quantity's value with its interval; the quantity may be left out where
  the claim has only one.
- ``claims-ledger`` renders all claims, each under the label ``claim-E1``.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from saelib.claims import Quantity, Row, ledger
from saelib.errors import InputError

_ORIGIN = {
    "paper": ("P", "in the paper"),
    "new": ("N", "added by this book"),
    "both": ("P, N", "in the paper, sharpened or extended by this book"),
    "seed": ("S", "a claim the study set out to decide"),
}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_HEADINGS = {
    "E": "What the experiments decide",
    "D": "What handwritten digits decide",
    "S": "What another benchmark's recipe decides",
    "T": "What the theorem checks found",
}


def _rows(env: BuildEnvironment) -> dict[str, Row]:
    return {row.claim.id: row for row in ledger(Path(env.srcdir) / "results")}


def _badge(verdict: str) -> nodes.inline:
    return nodes.inline("", verdict, classes=["verdict", "verdict-" + verdict.replace(" ", "-")])


def _number(value: float) -> str:
    size = abs(value)
    if float(value).is_integer() or size >= 1000:
        shown = f"{size:,.0f}"
    elif size >= 1e-4:
        shown = f"{size:.3g}"
    else:
        digits, _, power = f"{size:.1e}".partition("e")
        shown = f"{digits} \N{MULTIPLICATION SIGN} 10{str(int(power)).translate(_RAISED)}"
    return "\N{MINUS SIGN}" * (value < 0) + shown


def _with_interval(row: Row, quantity: str) -> str:
    if quantity not in row.measurements:
        return "not measured yet"
    found = row.measurements[quantity]
    if found.interval is None:
        return _number(found.value)
    low, high = (_number(end) for end in found.interval)
    return f"{_number(found.value)} ({low} to {high})"


class VerdictRole(SphinxRole):
    """The badge of one claim."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the badge, or an error that fails the build if there is no such claim."""
        _use(self.env)
        row = _rows(self.env).get(self.text)
        if row is None:
            return _problem(self, f"no claim {self.text!r} is declared")
        return [_badge(row.verdict)], []


class MeasuredRole(SphinxRole):
    """The measured value of one quantity of a claim, with its interval."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number, or an error that fails the build if there is no such quantity."""
        _use(self.env)
        claim, _, quantity = self.text.partition(".")
        row = _rows(self.env).get(claim)
        if row is None:
            return _problem(self, f"no claim {claim!r} is declared")
        if not quantity and len(row.claim.quantities) == 1:
            quantity = next(iter(row.claim.quantities))
        if quantity not in row.claim.quantities:
            known = ", ".join(row.claim.quantities)
            return _problem(self, f"claim {claim} has no quantity {quantity!r}: it has {known}")
        return [nodes.inline("", _with_interval(row, quantity), classes=["measured"])], []


class ClaimsLedger(SphinxDirective):
    """The whole ledger: an overview, then one labelled section a claim."""

    def run(self) -> list[nodes.Node]:
        """Return the overview table and the sections."""
        _use(self.env)
        try:
            rows = list(_rows(self.env).values())
        except InputError as error:
            raise self.error(str(error)) from None
        letters = sorted({row.claim.id[0] for row in rows}, key=_place)
        parts: list[nodes.Node] = [_overview(rows)]
        for letter in letters:
            heading = _HEADINGS.get(letter, f"Claims {letter}")
            group = nodes.section("", nodes.title("", heading), ids=[f"claims-{letter}"])
            group["names"] = [f"claims-{letter.lower()}"]
            self.state.document.note_explicit_target(group, group)
            group += [self._claim(row) for row in rows if row.claim.id.startswith(letter)]
            parts.append(group)
        return parts

    def _claim(self, row: Row) -> nodes.section:
        label = f"claim-{row.claim.id}"
        section = nodes.section("", nodes.title("", row.claim.id), ids=[label], classes=["claim"])
        section["names"] = [label.lower()]
        self.state.document.note_explicit_target(section, section)
        section += nodes.paragraph(
            "", "", _badge(row.verdict), nodes.Text(" "), nodes.strong("", row.claim.statement)
        )
        mark, words = _ORIGIN[row.claim.source]
        facts = nodes.paragraph("", "", classes=["claim-facts"])
        facts += [nodes.inline("", mark, classes=["origin"]), nodes.Text(f" {words}. Decided in ")]
        facts += [self._chapter(row.claim.notebook), nodes.Text(".")]
        section += facts
        section += _table(
            ["Quantity, written down beforehand", "Criterion", "Measured (interval)", "n", "Holds"],
            [_line(row, quantity) for quantity in row.claim.quantities.values()],
            widths=[46, 12, 24, 8, 10],
        )
        return section

    def _chapter(self, notebook: str) -> nodes.Node:
        document = f"notebooks/{notebook}"
        if document not in self.env.found_docs:
            return nodes.Text("a later chapter")
        name = nodes.inline("", document, classes=["std", "std-doc"])
        target = {
            "refdomain": "std",
            "reftype": "doc",
            "reftarget": f"/{document}",
            "refdoc": self.env.docname,
        }
        return pending_xref("", name, **target, refexplicit=False, refwarn=True)


def _place(letter: str) -> int:
    return [*_HEADINGS, letter].index(letter)


def _overview(rows: list[Row]) -> nodes.table:
    ordered = sorted(rows, key=lambda row: row.claim.id[0] == "T")
    body = []
    for row in ordered:
        anchor = nodes.reference("", row.claim.id, refid=f"claim-{row.claim.id}", internal=True)
        body.append([anchor, nodes.Text(row.claim.statement), _badge(row.verdict)])
    return _table(["Claim", "Statement", "Verdict"], body, widths=[8, 72, 20], classes=["ledger-overview"])


def _line(row: Row, quantity: Quantity) -> list[nodes.Node]:
    found = row.measurements.get(quantity.name)
    size = "" if found is None or found.n is None else f"{found.n:,}"
    answer = {True: "yes", False: "no", None: "not run"}[row.holds(quantity.name)]
    value = nodes.inline("", _with_interval(row, quantity.name), classes=["measured"])
    note = f" ({quantity.note})" if quantity.note else ""
    return [
        nodes.Text(quantity.meaning + note),
        nodes.Text(str(quantity.criterion)),
        value,
        nodes.Text(size),
        nodes.Text(answer),
    ]


def _table(
    head: list[str], body: list[list[nodes.Node]], widths: list[int], classes: list[str] | None = None
) -> nodes.table:
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", _table_row([nodes.Text(word) for word in head]))
    group += nodes.tbody("", *(_table_row(cells) for cells in body))
    return nodes.table("", group, classes=["table", *(classes or [])])


def _table_row(cells: list[nodes.Node]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells))


def _problem(role: SphinxRole, message: str) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    report = role.inliner.reporter.error(message, line=role.lineno)
    return [role.inliner.problematic(role.rawtext, role.rawtext, report)], [report]


def _use(env: BuildEnvironment) -> None:
    env.__dict__.setdefault("pages_with_claims", set()).add(env.docname)


def _fingerprint(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _read_again_when_the_ledger_changed(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    # Chapters come and go from the table of contents too, and each is linked from the ledger.
    state = _fingerprint(_rows(env), sorted(env.found_docs), Path(__file__).read_text(encoding="utf-8"))
    stale = env.__dict__.get("claims_state") != state
    env.__dict__["claims_state"] = state
    return [page for page in env.__dict__.get("pages_with_claims", ()) if stale and page in env.found_docs]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the roles and the directive."""
    app.add_role("verdict", VerdictRole())
    app.add_role("measured", MeasuredRole())
    app.add_directive("claims-ledger", ClaimsLedger)
    app.connect("env-get-outdated", _read_again_when_the_ledger_changed)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
