"""``saelib.align`` is a link too.

The package hands out its public names at the top and defines them in subpackages, where the reference
describes them. A role that names ``saelib.align`` leads to the one description of it.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode


def _resolve(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    package, _, name = node["reftarget"].partition(".")
    if node.get("refdomain") != "py" or package != "saelib" or not name:
        return None
    found = env.get_domain("py").find_obj(env, None, None, name, None, searchmode=1)
    found = [(name, target) for name, target in found if not target.aliased]
    if len(found) != 1:
        return None
    title, target = found[0][0], found[0][1]
    return make_refnode(app.builder, node["refdoc"], target.docname, target.node_id, content, title)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to what Sphinx could not resolve, before it is taken for mere words."""
    app.connect("missing-reference", _resolve, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
