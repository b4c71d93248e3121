"""The language of the window, chosen before any module with words is imported."""

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
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # English and the tests' language have none.
    if translator.load(f"qtbase_{language()}", folder):
        app.installTranslator(translator)
