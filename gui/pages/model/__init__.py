"""Models to start from: shown as cards, checked and downloaded by helper processes."""
