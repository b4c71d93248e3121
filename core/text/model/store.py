"""Masked language models from transformers' layout, and to and from our own."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save
from transformers import AutoModelForMaskedLM, AutoTokenizer

from core.errors import RunError
from core.hub import hub
from core.hub.catalog import require_kind, starter_folder
from core.models.layout import filled, is_own_layout, tied_to_encoder
from core.models.masked_model import unshared
from core.run.files import DECODER, ENCODER, MODEL_JSON
from core.system.atomic import write_bytes, write_json
from core.system.progress import ProgressReport
from core.text.about import MODALITY
from core.text.model.description import TextDescription
from core.text.model.masked_lm import MaskedLanguageModel

_STARTER = MODALITY.starter
_TOKENIZER_FILES = ("tokenizer_config.json", "special_tokens_map.json")


def load_masked_lm(
    name: str,
    *,
    max_length: int,
    whole_words: bool,
    offline: bool = False,
    report: ProgressReport | None = None,
) -> MaskedLanguageModel:
    """A masked language model with its head: the bundled one, from a folder or the hub.

    Args:
        name: `starter-text`; `random:starter-text` for its architecture with random weights; a
            folder, ours or as transformers saves it; a repository.
        max_length: Tokens of a sequence; the model's own limit if that is less.
        whole_words: Mask whole words.
        offline: Never ask the network.
        report: Told (what, bytes done, bytes in all) while downloading.

    Raises:
        RunError: It is not there, has only pickled weights, no fast tokenizer, or is damaged.
    """
    require_kind(name, "text")
    bare = name.removeprefix("random:")
    folder = starter_folder(bare) if bare == _STARTER else Path(name)
    if bare == _STARTER and not is_own_layout(folder):
        raise RunError("starter-missing", folder=folder)
    if is_own_layout(folder):
        model = open_masked_lm(folder)
        model.description = replace(
            model.description,
            name=name,
            max_length=min(max_length, model.description.max_length),
            whole_words=whole_words,
        )
        return _with_random_weights(model.description) if bare != name else model
    if not folder.is_dir():
        folder = _downloaded(name, offline, report)
    return _converted(name, folder, max_length, whole_words=whole_words)


def _converted(
    name: str, folder: Path, max_length: int, *, whole_words: bool
) -> MaskedLanguageModel:
    """A model as transformers saves it."""
    if not (folder / hub.WEIGHTS).is_file():
        pickles = [file for end in ("bin", "pt", "pth") for file in folder.glob(f"*.{end}")]
        raise RunError("only-pickles" if pickles else "folder-no-model", name=folder)
    if not (folder / "tokenizer.json").is_file():
        raise RunError("no-fast-tokenizer", name=name)
    tokenizer, whole = _opened(name, folder)
    description = TextDescription(
        name=name,
        origin=name,
        licence="as its publisher states it",
        config=json.loads(whole.config.to_json_string(use_diff=False)),
        tokenizer=tokenizer.backend_tokenizer.to_str(),
        special_ids=tuple(sorted(set(tokenizer.all_special_ids))),
        mask_id=int(tokenizer.mask_token_id),
        pad_id=int(tokenizer.pad_token_id),
        max_length=min(max_length, _limit(whole.config, max_length)),
        whole_words=whole_words,
    )
    model = MaskedLanguageModel(description)
    model.whole.load_state_dict(whole.state_dict())
    return model


def _limit(config: Any, default: int) -> int:
    """Tokens that a model has positions for."""
    limit = int(getattr(config, "max_position_embeddings", default) or default)
    if config.model_type in {"roberta", "xlm-roberta", "camembert"}:
        # Their positions start behind the padding index.
        limit -= int(config.pad_token_id) + 1
    return limit


def _with_random_weights(description: TextDescription) -> MaskedLanguageModel:
    from core.text.model.starter import build_text_starter

    return build_text_starter(description, seed=0)


def _opened(name: str, folder: Path) -> tuple[Any, Any]:
    """Tokenizer and model as transformers reads them."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        whole = AutoModelForMaskedLM.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("model-damaged", path=name, reason=reason) from error
    if tokenizer.mask_token_id is None or tokenizer.pad_token_id is None:
        raise RunError("no-mask-token", name=name)
    return tokenizer, whole


def _downloaded(name: str, offline: bool, report: ProgressReport | None) -> Path:
    hub.fetch(name, "config.json", offline=offline)
    hub.fetch(name, "tokenizer.json", offline=offline)
    for file in _TOKENIZER_FILES:
        hub.fetch(name, file, offline=offline, must=False)
    # All files of a revision lie in one folder of the cache.
    return hub.fetch_weights(name, offline=offline, report=report).parent


def save_masked_lm(
    folder: Path, model: MaskedLanguageModel, dtype: torch.dtype = torch.float32
) -> None:
    """Write a model; the JSON comes last, so a folder with it is whole.

    What the head shares with the encoder, the table of the tokens in most models, is written once.
    """
    encoder = model.encoder_state()
    tied = tied_to_encoder(model)
    decoder = {key: value for key, value in model.decoder.state_dict().items() if key not in tied}
    for name, part in ((ENCODER, encoder), (DECODER, decoder)):
        tensors = {
            key: value.detach().cpu().to(dtype).contiguous()
            for key, value in unshared(part).items()
        }
        write_bytes(folder / name, save(tensors))
    write_json(folder / MODEL_JSON, model.description.to_dict())


def open_masked_lm(folder: Path) -> MaskedLanguageModel:
    """The model that `save_masked_lm` wrote, in float32, without any network.

    Raises:
        RunError: A file is missing or damaged.
    """
    return filled(folder, lambda values: MaskedLanguageModel(TextDescription.from_dict(values)))
