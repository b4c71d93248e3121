"""A word from the system when a run has ended and nobody is looking."""

from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from gui.theme import icon

_SHOWN_MS = 15_000


def notify(window: QWidget, title: str, text: str, *, wanted: bool = True) -> bool:
    """Ask for attention if that is wanted; returns whether the system shows a message."""
    if window.isActiveWindow() or not wanted:
        return False
    QApplication.alert(window)
    if not QSystemTrayIcon.isSystemTrayAvailable():
        return False
    tray = window.findChild(QSystemTrayIcon)
    if not isinstance(tray, QSystemTrayIcon):
        tray = QSystemTrayIcon(icon("redistill"), window)
        tray.messageClicked.connect(window.activateWindow)
    tray.show()
    tray.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, _SHOWN_MS)
    return True
