"""Features are computed once for the same encoder and examples."""

import numpy as np
import pytest

from core.stages import known_features
from core.stages.known_features import KnownFeatures


def test_that_the_same_is_computed_once_and_the_oldest_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(known_features, "_MOST_BYTES", 100)
    known, computed = KnownFeatures(), []

    def asked(*parts: bytes, size: int = 5) -> np.ndarray:
        def compute() -> np.ndarray:
            computed.append(parts)
            return np.full((size, 1), len(computed), dtype=np.float64)

        return known.of(parts, compute)

    first = asked(b"a", b"bc")
    assert asked(b"a", b"bc") is first
    # Where parts end matters.
    asked(b"ab", b"c")
    assert len(computed) == 2
    asked(b"a", b"bc")
    asked(b"third")  # 120 bytes: what was asked for longest ago goes
    assert asked(b"a", b"bc") is first
    asked(b"ab", b"c")
    assert len(computed) == 4
    asked(b"large", size=50)
    asked(b"large", size=50)
    assert len(computed) == 6
