"""Charts of the report: small SVG with text as text, coloured by the style sheet, so that they read in the
light and in the dark, on paper and on a phone, and need no script.

They draw what they are given and compute nothing but places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from urllib.parse import quote

from saelib.analysis.report_values import escaped, plain, rounded

__all__ = ["bars", "curves", "figure", "plane", "tick", "upright_bars"]

_WIDE, _HIGH = 460.0, 280.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 16.0, 14.0, 46.0
_LONG = 26  # characters of a name beside a bar


def figure(svg: str, caption: str) -> str:
    """Wrap a chart and its caption, which is HTML already.

    Parameters
    ----------
    svg, caption : str
        HTML; names in it are escaped by whoever wrote it.

    Returns
    -------
    str
        A ``<figure>``.

    Examples
    --------
    >>> figure("<svg></svg>", "All is well.")
    '<figure><svg></svg><figcaption>All is well.</figcaption></figure>'
    """
    return f"<figure>{svg}<figcaption>{caption}</figcaption></figure>"


def _svg(inside: Sequence[str], label: str, height: float = _HIGH) -> str:
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDE:.0f} {height:.0f}" role="img" aria-label="{escaped(label)}">'
        f"{''.join(inside)}</svg>"
    )


def _text(x: float, y: float, words: object, anchor: str = "middle", extra: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escaped(words)}</text>'


def tick(value: float) -> str:
    """Write a round number beside an axis.

    Examples
    --------
    >>> tick(0.25), tick(20000), tick(1e-05)
    ('0.25', '20,000', '1e-5')
    """
    return f"{value:,.0f}" if value >= 1000 else f"{value:.10g}".replace("e-0", "e-")


def _upright(words: str) -> str:
    y = (_HIGH - _BOTTOM + _TOP) / 2
    return f'<text transform="translate(13 {y:.1f}) rotate(-90)" text-anchor="middle">{escaped(words)}</text>'


def _steps(most: float) -> list[float]:
    """Round numbers from 0 up to at least ``most``."""
    rough = max(most, 1e-9) / 4
    size = 10 ** math.floor(math.log10(rough))
    step = next(size * k for k in (1, 2, 2.5, 5, 10) if size * k >= rough * 0.999)
    if most >= 4:
        step = max(1.0, float(math.ceil(step)))
    count = math.ceil(most / step - 1e-9) or 1
    return [round(i * step, 12) for i in range(count + 1)]


def upright_bars(
    ticks: Sequence[str], counts: Sequence[int], style: str, *, across: str, up: str, label: str
) -> str:
    """Upright bars over classes.

    Parameters
    ----------
    ticks : sequence of str
        A word under every class; or one more than there are classes, for the borders between them. Empty for
        none.
    counts : sequence of int
        Their heights.
    style : {"concept", "neuron"}
        A class of the style sheet.
    across, up : str
        What the axes are.
    label : str
        What the picture shows, for those who do not see it.

    Returns
    -------
    str
        An ``<svg>``.

    Examples
    --------
    >>> drawn = upright_bars(["no", "yes"], [3, 1], "concept", across="a", up="b", label="c")
    >>> drawn.count("<rect"), ">yes</text>" in drawn
    (2, True)
    """
    between = len(ticks) > len(counts)
    grid = _steps(max(1, *counts))
    step = (_WIDE - _LEFT - _RIGHT) / len(counts)
    base, room = _HIGH - _BOTTOM, _HIGH - _BOTTOM - _TOP
    drawn = []
    for value in grid:
        y = base - value / grid[-1] * room
        drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(_text(_LEFT - 6, y + 4, tick(value), "end"))
    gap = 0.5 if between else step * 0.16
    for i, count in enumerate(counts):
        high = count / grid[-1] * room
        drawn.append(
            f'<rect class="{style}" x="{_LEFT + i * step + gap:.1f}" y="{base - high:.1f}" '
            f'width="{step - 2 * gap:.1f}" height="{high:.1f}"><title>{count:,}</title></rect>'
        )
    shift = 0.0 if between else step / 2
    drawn += [_text(_LEFT + i * step + shift, base + 17, word) for i, word in enumerate(ticks) if word]
    drawn.append(_text((_LEFT + _WIDE - _RIGHT) / 2, _HIGH - 8, across))
    drawn.append(_upright(up))
    return _svg(drawn, label)


def plane(points: Sequence[tuple[str, float, float, str]], *, label: str) -> str:
    """Recall over leak, both on scales of square roots from the good corner's side.

    Parameters
    ----------
    points : sequence of (concept, recall, leak, style)
        One a concept; each leads to the details of its concept.
    label : str
        What the picture shows, for those who do not see it.

    Returns
    -------
    str
        An ``<svg>``.

    Examples
    --------
    >>> plane([("<b>", 0.5, 0.01, "weak")], label="x").count("<circle")
    1
    """
    most = max([0.01, *(leak for _, _, leak, _ in points)])
    top = next((s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if s >= most), 1.0)
    base, room, width = _HIGH - _BOTTOM, _HIGH - _BOTTOM - _TOP, _WIDE - _LEFT - _RIGHT
    drawn = [
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{base - r * room:.1f}" '
        f'y2="{base - r * room:.1f}"/>' + _text(_LEFT - 6, base - r * room + 4, tick(r), "end")
        for r in (0, 0.25, 0.5, 0.75, 1)
    ]
    for share in (0, 0.04, 0.25, 1):
        x = _LEFT + math.sqrt(share) * width
        drawn.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{base}"/>')
        drawn.append(_text(x, base + 17, tick(share * top)))
    for concept, recall, leak, style in points:
        told = f"{concept}: recall {rounded(recall)}, leak {rounded(leak)}"
        drawn.append(
            f'<a href="#concept={quote(plain(concept), safe="")}" tabindex="-1"><circle class="dot {style}" '
            f'cx="{_LEFT + math.sqrt(leak / top) * width:.1f}" cy="{base - recall * room:.1f}" r="4">'
            f"<title>{escaped(told)}</title></circle></a>"
        )
    drawn.append(
        _text((_LEFT + _WIDE - _RIGHT) / 2, _HIGH - 8, "leak: share of the other points it fires on")
    )
    drawn.append(_upright("recall: share of the concept"))
    return _svg(drawn, label)


def bars(
    rows: Sequence[tuple[str, float, float, float, str]], *, across: str, label: str, within: bool = False
) -> str:
    """Lying bars with intervals, a name before each.

    Parameters
    ----------
    rows : sequence of (name, value, low, high, style)
        Shares from 0 to 1.
    across : str
        What the values are.
    label : str
        What the picture shows, for those who do not see it.
    within : bool
        Whether ``low`` is a part of the bar, drawn stronger, rather than the end of an interval.

    Returns
    -------
    str
        An ``<svg>``.

    Examples
    --------
    >>> "dog" in bars([("dog", 0.5, 0.4, 0.6, "neuron")], across="rate", label="x")
    True
    """
    left, line = 212.0, 23.0
    height = _TOP + line * len(rows) + _BOTTOM
    width, base = _WIDE - left - _RIGHT, height - _BOTTOM
    drawn = []
    for share in (0, 0.5, 1):
        x = left + share * width
        drawn.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{base:.1f}"/>')
        drawn.append(_text(x, base + 17, tick(share)))
    for i, (name, value, low, high, style) in enumerate(rows):
        y = _TOP + i * line
        short = name if len(name) <= _LONG else name[: _LONG - 1] + "…"
        told = f"{rounded(low)} of {rounded(value)}" if within else _interval(value, low, high)
        bar = f'x="{left}" y="{y + 4:.1f}" height="14"'
        drawn.append(
            f"<g><title>{escaped(f'{name}: {told}')}</title>"
            + _text(left - 8, y + 15, short, "end")
            + f'<rect class="{style}{" pale" if within else ""}" {bar} width="{value * width:.1f}"/>'
            + (
                f'<rect class="{style}" {bar} width="{low * width:.1f}"/>'
                if within
                else f'<line class="interval" x1="{left + low * width:.1f}" x2="{left + high * width:.1f}" '
                f'y1="{y + 11:.1f}" y2="{y + 11:.1f}"/>'
            )
            + "</g>"
        )
    drawn.append(_text(left + width / 2, height - 8, across))
    return _svg(drawn, label, height).replace('class="chart"', 'class="chart lying"', 1)


def _interval(value: float, low: float, high: float) -> str:
    return f"{rounded(value)} [{rounded(low)}, {rounded(high)}]"


def curves(series: Sequence[tuple[str, str, Sequence[float]]], *, across: str, up: str, label: str) -> str:
    """Share of the values that are at least x, over x from 0 to 1, as exact steps.

    Parameters
    ----------
    series : sequence of (name, style, values)
        Values from 0 to 1. The first curve is drawn strong with its area, the later ones dashed.
    across, up : str
        What the axes are.
    label : str
        What the picture shows, for those who do not see it.

    Returns
    -------
    str
        An ``<svg>``.

    Examples
    --------
    >>> curves([("measured", "concept", [0.5, 0.25])], across="a", up="b", label="c").count("<polygon")
    1
    """
    base, room, width = _HIGH - _BOTTOM, _HIGH - _BOTTOM - _TOP, _WIDE - _LEFT - _RIGHT
    drawn = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y, x = base - share * room, _LEFT + share * width
        drawn.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        drawn.append(_text(_LEFT - 6, y + 4, tick(share), "end") + _text(x, base + 17, tick(share)))
    for k, (name, style, values) in enumerate(series):
        corners = [(_LEFT, _TOP)]
        for i, value in enumerate(sorted(values)):
            x = _LEFT + value * width
            corners += [(x, corners[-1][1]), (x, _TOP + (i + 1) / len(values) * room)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        if k == 0:
            drawn.append(f'<polygon class="area {style}" points="{_LEFT},{base} {path}"/>')
        dashed = " dashed" if k else ""
        drawn.append(f'<polyline class="outline {style}{dashed}" points="{path}"/>')
        y = _TOP + 9 + 20 * k
        drawn.append(
            f'<line class="outline {style}{dashed}" x1="{_WIDE - 172}" x2="{_WIDE - 144}" y1="{y}" y2="{y}"/>'
            + _text(_WIDE - 138, y + 4, name, "start")
        )
    drawn.append(_text((_LEFT + _WIDE - _RIGHT) / 2, _HIGH - 8, across))
    drawn.append(_upright(up))
    return _svg(drawn, label)
