"""Hatchling's hook: the wheel holds one package; an editable install a name for the checkout's."""

import shutil
import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from one_package import NAME, entry_point, write_package


class OnePackage(BuildHookInterface):
    """Makes what goes into the wheel just before it is built."""

    def initialize(self, version, build_data):
        """Say what goes into the wheel; `version` is `editable` or `standard`."""
        if version == "editable":
            checkout = Path(__file__).with_name("checkout.py")
            build_data["force_include_editable"][str(checkout)] = f"{NAME}.py"
            return
        self._scratch = tempfile.mkdtemp(prefix="redistill-wheel-")
        package = Path(self._scratch, NAME)
        write_package(Path(self.root), package)
        build_data["force_include"][str(package)] = NAME
        # There is no other way to have names of commands depend on what is built.
        core = self.metadata.core
        for scripts in (core.scripts, core.gui_scripts):
            scripts.update({name: entry_point(what) for name, what in scripts.items()})

    def finalize(self, version, build_data, artifact_path):
        """Leave nothing behind."""
        if version != "editable":
            shutil.rmtree(self._scratch)
