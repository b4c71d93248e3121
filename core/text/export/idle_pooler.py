"""BERT's own classifier for one that has no pooler: the pooler hands the first token through."""

from typing import Any, Final

import torch
from transformers import AutoModelForSequenceClassification

# tanh(x / 1024) * 1024 differs from x by x³ / 3 * 2^-20: 3e-5 of x where x is 10. A power of two,
# so that scaling rounds nothing.
_SCALE: Final = 1024.0


def with_idle_pooler(module: Any, config: Any) -> Any:
    """Transformers' classifier that computes the same as a `PooledClassifier` on the first token.

    Args:
        module: The classifier.
        config: With its classes.
    """
    with torch.random.fork_rng(devices=[]):
        whole: Any = AutoModelForSequenceClassification.from_config(config, trust_remote_code=False)  # type: ignore[no-untyped-call]
    whole.base_model.load_state_dict(module.base_model.state_dict(), strict=False)
    with torch.no_grad():
        pooler = whole.base_model.pooler.dense
        pooler.weight.copy_(torch.eye(len(pooler.weight)) / _SCALE)
        pooler.bias.zero_()
        whole.classifier.weight.copy_(module.classifier.weight * _SCALE)
        whole.classifier.bias.copy_(module.classifier.bias)
    return whole.eval()
