"""The window imports no training stack, however far it goes."""

import subprocess
import sys


def test_that_the_window_never_imports_the_training_stack() -> None:
    code = """
import os, sys
os.environ["QT_QPA_PLATFORM"] = "offscreen"
from PySide6.QtWidgets import QApplication
app = QApplication([])
from gui.state.settings import Settings
from gui.frame.window import MainWindow
import gui.program.app, gui.frame.help, gui.frame.support, gui.program.crash
window = MainWindow(Settings())
from gui.frame.places import PLACES
for place in PLACES:
    window.show_page(place.key)
found = {"torch", "timm", "transformers", "datasets", "accelerate", "sklearn"} & set(sys.modules)
print(sorted(found))
window.close()
from PySide6.QtCore import QThreadPool
QThreadPool.globalInstance().waitForDone()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
    assert done.returncode == 0, done.stderr
