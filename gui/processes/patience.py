"""How long the window waits for its own workers when it is done with them."""

from typing import Final

PATIENCE_MS: Final = 3000
