"""The style sheet, made of colours and the height of a line; widgets say their `role`."""

# ruff: noqa: E501  (one rule a line reads best)

from gui.theme.tokens import Colours


def style_sheet(colours: Colours, line: int, pictures: str) -> str:
    """The style sheet of the application.

    Args:
        colours: Of the look in use.
        line: Height of a line of text in device-independent pixels.
        pictures: Folder with `chevron-down.png`, `chevron-up.png`, `tick.png` in the look's colours.
    """
    return "\n".join(
        (
            _text(line),
            _controls(colours, line, pictures),
            _surfaces(colours, line),
            _bars(colours, line),
        )
    )


def _text(line: int) -> str:
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="display"] {{ font-size: {round(line * 1.5)}px; font-weight: 600; }}
QLabel[role="title"] {{ font-size: {round(line * 1.25)}px; font-weight: 600; }}
QLabel[role="heading"] {{ font-size: {round(line * 0.95)}px; font-weight: 600; }}
QLabel[role="number"] {{ font-size: {round(line * 1.6)}px; font-weight: 600; }}
"""


def _controls(c: Colours, line: int, pictures: str) -> str:
    pad, radius = round(line * 0.3), round(line * 0.3)
    wide = round(line * 0.75)
    return f"""
QLabel[role="muted"] {{ color: {c.muted}; }}
QLabel[role="ok"] {{ color: {c.ok}; }}
QLabel[role="warn"] {{ color: {c.warn}; }}
QLabel[role="bad"] {{ color: {c.bad}; }}
QPushButton, QToolButton {{
  background: {c.raised}; color: {c.text}; border: 1px solid {c.border};
  border-radius: {radius}px; padding: {pad}px {wide}px;
}}
QToolButton {{ padding: {pad}px; }}
QPushButton:hover, QToolButton:hover {{ background: {c.accent_soft}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {c.line}; }}
QPushButton:focus, QToolButton:focus {{ border: 2px solid {c.accent}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {c.disabled}; border-color: {c.line}; }}
QPushButton:checked, QToolButton:checked {{ background: {c.accent_soft}; border-color: {c.accent}; }}
QPushButton[role="primary"] {{
  background: {c.accent}; color: {c.on_accent}; border-color: {c.accent}; font-weight: 600;
  padding: {round(pad * 1.4)}px {round(wide * 1.6)}px;
}}
QPushButton[role="primary"]:focus {{ border: 2px solid {c.text}; }}
QPushButton[role="primary"]:disabled {{
  background: {c.raised}; color: {c.muted}; border-color: {c.line};
}}
QPushButton[role="danger"] {{ color: {c.bad}; border-color: {c.bad}; }}
QPushButton[role="danger"]:disabled {{ color: {c.disabled}; border-color: {c.line}; }}
QPushButton[role="quiet"], QToolButton[role="quiet"], QToolButton[role="disclosure"] {{
  background: transparent; border-color: transparent;
}}
QPushButton[role="quiet"]:hover, QToolButton[role="quiet"]:hover, QToolButton[role="disclosure"]:hover {{
  background: {c.raised};
}}
QToolButton[role="disclosure"]:focus {{ border: 2px solid {c.accent}; }}
QPushButton[role="quiet"]:checked, QToolButton[role="quiet"]:checked {{
  background: {c.accent_soft}; border-color: {c.accent_soft}; font-weight: 600;
}}
QPushButton[role="quiet"]:focus, QToolButton[role="quiet"]:focus {{ border: 2px solid {c.accent}; }}
QToolButton[role="quiet"][toured="true"] {{ border: 2px solid {c.accent}; background: {c.accent_soft}; }}
QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit, QTextEdit, QTextBrowser {{
  background: {c.surface}; color: {c.text}; border: 1px solid {c.border};
  border-radius: {radius}px; padding: {pad}px;
  selection-background-color: {c.accent}; selection-color: {c.on_accent};
}}
QLineEdit:focus, QComboBox:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus, QTextBrowser:focus {{
  border: 2px solid {c.accent};
}}
QLineEdit:disabled, QComboBox:disabled, QAbstractSpinBox:disabled, QPlainTextEdit:disabled {{
  background: {c.raised}; color: {c.muted}; border-color: {c.line};
}}
QCheckBox:disabled, QRadioButton:disabled {{ color: {c.muted}; }}
QComboBox {{ padding-right: {wide * 2}px; }}
QComboBox::drop-down {{ border: none; width: {wide * 2}px; }}
QComboBox::down-arrow {{ image: url("{pictures}/chevron-down.png"); width: {line - 4}px; height: {line - 4}px; }}
QComboBox QAbstractItemView {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; }}
QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.border}; padding: {pad}px; }}
QCheckBox, QRadioButton {{ spacing: {pad}px; background: transparent; padding: 2px; }}
QCheckBox:focus, QRadioButton:focus {{ border: 2px solid {c.accent}; border-radius: {radius}px; }}
QCheckBox::indicator, QRadioButton::indicator, QListView::indicator {{
  width: {line - 3}px; height: {line - 3}px; border: 1px solid {c.border}; background: {c.surface};
}}
QCheckBox::indicator, QListView::indicator {{ border-radius: {radius // 2}px; }}
QRadioButton::indicator {{ border-radius: {line // 2}px; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{
  background: {c.accent}; border-color: {c.accent}; image: url("{pictures}/tick.png");
}}
QRadioButton::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; }}
QCheckBox::indicator:disabled {{ border-color: {c.line}; background: {c.raised}; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{
  subcontrol-origin: border; border: none; background: transparent; width: {wide * 2}px;
}}
QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
QAbstractSpinBox::up-arrow {{ image: url("{pictures}/chevron-up.png"); width: {line // 2}px; height: {line // 2}px; }}
QAbstractSpinBox::down-arrow {{ image: url("{pictures}/chevron-down.png"); width: {line // 2}px; height: {line // 2}px; }}
QAbstractSpinBox {{ padding-right: {wide * 2}px; }}
QMenu {{ background: {c.surface}; border: 1px solid {c.border}; }}
QMenu::item {{ padding: {pad}px {wide * 2}px; }}
QMenu::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
"""


def _surfaces(c: Colours, line: int) -> str:
    radius, pad = round(line * 0.4), round(line * 0.3)
    return f"""
QFrame[role="card"] {{
  background: {c.surface}; border: 1px solid {c.line}; border-radius: {radius}px;
}}
QFrame[role="tour"] {{
  background: {c.surface}; border: 2px solid {c.accent}; border-radius: {radius}px;
}}
QFrame[role="choice"] {{
  background: {c.surface}; border: 1px solid {c.border}; border-radius: {radius}px;
}}
QFrame[role="choice"]:hover {{ background: {c.accent_soft}; }}
QFrame[role="choice"][chosen="true"] {{ background: {c.accent_soft}; border: 2px solid {c.accent}; }}
QFrame[role="choice"]:focus {{ border: 2px solid {c.accent}; }}
QPushButton[role="choice"] {{
  background: {c.surface}; border: 1px solid {c.border}; border-radius: {radius}px; padding: 0px;
}}
QPushButton[role="choice"]:hover, QPushButton[role="choice"]:checked {{ background: {c.accent_soft}; }}
QPushButton[role="choice"]:checked, QPushButton[role="choice"]:focus {{ border: 2px solid {c.accent}; }}
QPushButton[role="choice"]:checked:focus {{ border: 3px solid {c.accent}; }}
QFrame[role="zone"] {{
  background: {c.surface}; border: 2px dashed {c.border}; border-radius: {radius}px;
}}
QFrame[role="zone"][dragging="true"] {{ background: {c.accent_soft}; border-color: {c.accent}; }}
QFrame[role="zone"][dragging="refused"] {{ border-color: {c.bad}; }}
QFrame[role="rail"], QFrame[role="footer"] {{ background: {c.surface}; border: none; }}
QFrame[role="notice"] {{ background: {c.surface}; border: 2px solid {c.border}; border-radius: {radius}px; }}
QFrame[role="notice"][tone="ok"] {{ border-color: {c.ok}; }}
QFrame[role="notice"][tone="warn"] {{ border-color: {c.warn}; }}
QFrame[role="notice"][tone="bad"] {{ border-color: {c.bad}; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QTableView, QListView, QTreeView {{
  background: {c.surface}; alternate-background-color: {c.window}; color: {c.text};
  border: 1px solid {c.line}; border-radius: {radius}px; gridline-color: {c.line};
  selection-background-color: {c.accent_soft}; selection-color: {c.text};
}}
QTableView:focus, QListView:focus, QTreeView:focus {{ border: 2px solid {c.accent}; }}
QHeaderView::section {{
  background: {c.raised}; color: {c.text}; border: none; border-bottom: 1px solid {c.line};
  padding: {pad}px;
}}
QTableCornerButton::section {{ background: {c.raised}; border: none; }}
QTabWidget::pane {{ border: none; }}
QTabBar::tab {{
  background: transparent; color: {c.muted}; padding: {pad}px {line}px;
  border: none; border-bottom: 3px solid transparent;
}}
QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
QTabBar::tab:focus {{ color: {c.accent}; }}
QSplitter::handle {{ background: {c.line}; }}
QStatusBar {{ background: {c.surface}; }}
"""


def _bars(c: Colours, line: int) -> str:
    thick = round(line * 0.6)
    return f"""
QProgressBar {{
  background: {c.raised}; border: 1px solid {c.line}; border-radius: {thick // 2}px;
  text-align: center; color: {c.text}; min-height: {thick}px;
}}
QProgressBar::chunk {{ background: {c.accent}; border-radius: {thick // 2}px; }}
QProgressBar[role="thin"] {{ min-height: {thick // 2}px; max-height: {thick // 2}px; border-radius: {thick // 4}px; }}
QProgressBar[role="thin"]::chunk {{ border-radius: {max(1, thick // 4 - 1)}px; }}
QSlider::groove:horizontal {{ background: {c.line}; height: {max(4, thick // 3)}px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
  background: {c.accent}; width: {line}px; height: {line}px; margin: -{line // 2 - 2}px 0;
  border-radius: {line // 2}px; border: 2px solid {c.surface};
}}
QSlider:focus {{ border: 2px solid {c.accent}; border-radius: {thick // 2}px; }}
QScrollBar:vertical {{ background: transparent; width: {thick}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {thick}px; margin: 0; }}
QScrollBar::handle {{ background: {c.border}; border-radius: {thick // 2 - 1}px; min-height: {line * 2}px; min-width: {line * 2}px; margin: 1px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
"""
