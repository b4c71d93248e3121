"""The language that the window talks: gettext's catalogs, and which of them to read.

It is chosen once, before anything with words is imported (`gui.program.app`): tables are translated
where they stand. Trainers, helpers and the command line choose none and stay English, so that run
folders read the same everywhere.
"""

from core.language.messages import _, language, ngettext, use

__all__ = ["_", "language", "ngettext", "use"]
