"""Types written in words are no references.

A numpydoc section says ``int array_like, length n_sets``; Sphinx takes each piece for the name of a class
and, being told to be strict, fails the build when there is none. Here such a piece stays a word. A role that
somebody wrote, such as ``:class:`Nothing```, still fails.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def _keep_words(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    # Sphinx marks what it took from a field as "specific" and what it took from a signature by no "explicit".
    written_as_role = "refexplicit" in node and not node.get("refspecific")
    return None if node.get("refdomain") != "py" or written_as_role else content


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to what Sphinx could not resolve."""
    app.connect("missing-reference", _keep_words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
