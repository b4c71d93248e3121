import subprocess
import sys

import pytest
import timm
import torch
from transformers import ViTMAEConfig, ViTMAEForPreTraining

from core.models.catalog import CATALOG
from core.models.description import require_plain_vit
from core.starter.architecture import build_starter

VIT_MAE = {
    "facebook/vit-mae-base": {},
    "facebook/vit-mae-large": {
        "hidden_size": 1024,
        "num_hidden_layers": 24,
        "num_attention_heads": 16,
        "intermediate_size": 4096,
    },
    "facebook/vit-mae-huge": {
        "hidden_size": 1280,
        "num_hidden_layers": 32,
        "num_attention_heads": 16,
        "intermediate_size": 5120,
        "patch_size": 14,
    },
}


@pytest.mark.parametrize("entry", CATALOG, ids=lambda entry: entry.name)
def test_that_every_entry_is_what_it_says(entry):
    with torch.device("meta"):
        if entry.kind == "bundled":
            encoder = build_starter(seed=0).encoder
        elif entry.kind == "timm":
            encoder = require_plain_vit(timm.create_model(entry.name, num_classes=0), entry.name)
            size, licence = encoder.pretrained_cfg["input_size"], encoder.pretrained_cfg["license"]
            assert size[1:] == (entry.input_size, entry.input_size)
            assert entry.licence.lower().replace(" ", "-") == licence
        else:
            whole = ViTMAEForPreTraining(ViTMAEConfig(**VIT_MAE[entry.name]))
            encoder = whole.vit
            download_mb = 4e-6 * sum(parameter.numel() for parameter in whole.parameters())
            assert entry.size_mb == pytest.approx(download_mb, rel=0.01)
    assert entry.parameters == sum(parameter.numel() for parameter in encoder.parameters())


def test_that_listing_models_imports_no_torch():
    code = (
        "import sys; from core.models.catalog import catalog_rows; rows = catalog_rows(); "
        "assert rows and not {'torch', 'timm', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
