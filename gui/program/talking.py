"""The language of the window, chosen before any module with words is imported."""

from pathlib import Path

import PySide6
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.language import language, use
from core.language.choice import language_for
from core.system.resources import RESOURCES

CATALOGS = RESOURCES / "languages"


def talk(app: QCoreApplication, preferred: str) -> None:
    """Talk the chosen language, or that of the system; Qt's own words, too.

    Args:
        app: Keeps Qt's translator.
        preferred: As `Settings.language` has it.
    """
    use(language_for(preferred, QLocale.system().uiLanguages()), CATALOGS)
    translator = QTranslator(app)
    # English and the tests' language have none.
    if translator.load(f"qtbase_{language()}", str(folder_of_qts_words())):
        app.installTranslator(translator)


def folder_of_qts_words() -> Path:
    """Where Qt's own words lie.

    Qt itself takes a comma in the name of a folder above it for the end of the path.
    """
    own = Path(PySide6.__file__).parent
    # As the wheels have them: on Windows without the folder between.
    known = (own / "Qt" / "translations", own / "translations")
    other = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return next((folder for folder in known if folder.is_dir()), other)
