import subprocess
import sys

import pytest
import timm
import torch
from transformers import AutoConfig, AutoModelForMaskedLM, ViTMAEConfig, ViTMAEForPreTraining

from core.hub.catalog import entries_of
from core.images.model.description import require_plain_vit
from core.images.model.starter import build_starter

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
# `model_type` and what differs from transformers' defaults in the hub's config.json.
ROBERTA = {"vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}
MASKED_LM = {
    "roberta-base": ("roberta", ROBERTA),
    "distilroberta-base": ("roberta", {**ROBERTA, "num_hidden_layers": 6}),
    "bert-base-uncased": ("bert", {}),
    "distilbert-base-uncased": ("distilbert", {}),
    "answerdotai/ModernBERT-base": ("modernbert", {}),
    "xlm-roberta-base": ("xlm-roberta", {**ROBERTA, "vocab_size": 250002}),
}


@pytest.mark.parametrize("entry", entries_of("images"), ids=lambda entry: entry.name)
def test_that_every_entry_for_images_is_what_it_says(entry):
    with torch.device("meta"):
        if entry.source == "bundled":
            encoder = build_starter(seed=0).encoder
        elif entry.source == "timm":
            encoder = require_plain_vit(timm.create_model(entry.name, num_classes=0), entry.name)
            # It is left out: it belongs to the head of another task.
            encoder.attn_pool = None
            size, licence = encoder.pretrained_cfg["input_size"], encoder.pretrained_cfg["license"]
            assert size[1:] == (entry.input_size, entry.input_size)
            assert entry.licence.lower().replace(" ", "-") == licence
        else:
            whole = ViTMAEForPreTraining(ViTMAEConfig(**VIT_MAE[entry.name]))
            encoder = whole.vit
            download_mb = 4e-6 * sum(parameter.numel() for parameter in whole.parameters())
            assert entry.size_mb == pytest.approx(download_mb, rel=0.01)
    assert entry.parameters == sum(parameter.numel() for parameter in encoder.parameters())


@pytest.mark.parametrize("name", MASKED_LM)
def test_that_every_entry_for_text_is_what_it_says(name):
    entry = next(entry for entry in entries_of("text") if entry.name == name)
    model_type, different = MASKED_LM[name]
    config = AutoConfig.for_model(model_type, **different)
    with torch.device("meta"):
        whole = AutoModelForMaskedLM.from_config(config)
    parameters = sum(parameter.numel() for parameter in whole.parameters())
    assert entry.parameters == sum(part.numel() for part in whole.base_model.parameters())
    assert entry.size_mb == pytest.approx(4e-6 * parameters, rel=0.01)
    assert config.max_position_embeddings - entry.max_length in {0, 2}


def test_that_every_model_on_the_hub_is_checked():
    assert {entry.name for entry in entries_of("text") if entry.repo} == set(MASKED_LM)


def test_that_listing_models_imports_no_torch():
    code = (
        "import sys; from core.hub.catalog import catalog_rows; rows = catalog_rows(); "
        "assert rows and not {'torch', 'timm', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
