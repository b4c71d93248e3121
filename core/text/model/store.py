"""Masked language models from transformers' layout, and to and from our own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import save
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForMaskedLM, AutoTokenizer
from transformers.utils.logging import disable_progress_bar

from core.errors import RunError
from core.hub import hub
from core.hub.catalog import require_kind, starter_folder
from core.models.layout import filled, is_own_layout, tied_to_encoder
from core.models.masked_model import unshared
from core.recipe.modality import AUTO as AUTO_POOLING
from core.run.files import DECODER, ENCODER, MODEL_JSON
from core.system.atomic import write_bytes, write_json
from core.system.progress import ProgressReport
from core.text.about import MODALITY
from core.text.model.description import TextDescription
from core.text.model.masked_lm import MaskedLanguageModel
from core.text.model.pooling import (
    MODULES,
    Chosen,
    chosen_pooling,
    files_in,
    pooling_file,
    text_family,
    without_files,
)
from core.text.model.trusted import trusted_config, trusted_tokenizer_folder

_STARTER = MODALITY.starter
_TOKENIZER_FILES = ("tokenizer_config.json", "special_tokens_map.json")


@dataclass(frozen=True)
class _Files:
    """A model's name, the folders of its description and of its weights, and their source."""

    name: str
    folder: Path
    weights: Path
    source: Mapping[str, str] = field(default_factory=dict)


def load_masked_lm(
    name: str,
    *,
    max_length: int,
    whole_words: bool,
    pooling: str = AUTO_POOLING,
    offline: bool = False,
    seed: int = 0,
    report: ProgressReport | None = None,
) -> MaskedLanguageModel:
    """A masked language model with its head: the bundled one, from a folder or the hub.

    Args:
        name: `starter-text`; `random:starter-text` for its architecture with random weights; a
            folder, ours or as transformers saves it; a repository.
        max_length: Tokens of a sequence; the model's own limit if that is less.
        whole_words: Mask whole words.
        pooling: How it reads a text: `auto` or one of `core.text.model.pooling`.
        offline: Never ask the network.
        seed: Of a fresh head, where the files have none.
        report: Told (what, bytes done, bytes in all) while downloading.

    Raises:
        RunError: It is not there, has only pickled weights, no fast tokenizer, one that is
            too large, an unknown way of pooling, or is damaged.
    """
    require_kind(name, "text")
    bare = name.removeprefix("random:")
    folder = starter_folder(bare) if bare == _STARTER else Path(name)
    if bare == _STARTER and not is_own_layout(folder):
        raise RunError("starter-missing", folder=folder)
    if is_own_layout(folder):
        model = open_masked_lm(folder)
        require_fitting_tokenizer(name, model.description.build_tokenizer(), model.whole)
        known = model.description
        model.description = replace(
            known,
            name=name,
            max_length=min(max_length, known.max_length),
            whole_words=whole_words,
            **_read_by(_pooling_of_own(pooling, known)),
        )
        return _with_random_weights(model.description) if bare != name else model
    files = _Files(name, folder, folder)
    if not folder.is_dir():
        files = _downloaded(name, offline, report)
    return _converted(files, max_length, whole_words=whole_words, pooling=pooling, seed=seed)


def _pooling_of_own(asked: str, known: TextDescription) -> Chosen:
    """How a model in our own layout is read: as before, if its description says it."""
    if asked == AUTO_POOLING and known.pooling_why:
        return Chosen(known.pooling, known.pooling_why)
    if asked == AUTO_POOLING:
        return without_files(known.config)
    return chosen_pooling(asked, name=known.name, config={}, has_head=True, file=lambda _: None)


def _read_by(chosen: Chosen) -> dict[str, Any]:
    return {"pooling": chosen.pooling, "pooling_why": chosen.why}


def _converted(
    files: _Files, max_length: int, *, whole_words: bool, pooling: str, seed: int
) -> MaskedLanguageModel:
    """A model as transformers saves it."""
    name, folder = files.name, files.folder
    if not (files.weights / hub.WEIGHTS).is_file():
        pickles = [file for end in ("bin", "pt", "pth") for file in folder.glob(f"*.{end}")]
        raise RunError("only-pickles" if pickles else "folder-no-model", name=folder)
    if not (folder / "tokenizer.json").is_file():
        raise RunError("no-fast-tokenizer", name=name)
    tokenizer, whole, head_is_fresh = _opened(files, seed)
    config = json.loads(whole.config.to_json_string(use_diff=False))
    has_head = not head_is_fresh
    chosen = chosen_pooling(
        pooling, name=name, config=config, has_head=has_head, file=files_in(folder)
    )
    description = TextDescription(
        name=name,
        origin=name,
        licence="as its publisher states it",
        config=config,
        tokenizer=tokenizer.backend_tokenizer.to_str(),
        special_ids=tuple(sorted(set(tokenizer.all_special_ids))),
        mask_id=int(tokenizer.mask_token_id),
        pad_id=int(tokenizer.pad_token_id),
        max_length=min(max_length, _limit(whole.config, max_length)),
        whole_words=whole_words,
        family=text_family(has_head=has_head, file=files_in(folder)),
        **_read_by(chosen),
    )
    model = MaskedLanguageModel(description)
    model.whole.load_state_dict(whole.state_dict())
    model.head_is_fresh = head_is_fresh
    model.source = files.source
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


def _opened(files: _Files, seed: int) -> tuple[Any, Any, bool]:
    """Tokenizer and model as transformers reads them, and whether the model's head is fresh."""
    # A bar per file tells nobody anything.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        values = json.loads((files.folder / "config.json").read_text(encoding="utf-8"))
        known = trusted_config(files.name, values)
        config = AutoConfig.for_model(**known)
        with trusted_tokenizer_folder(files.folder, known) as room:
            tokenizer = AutoTokenizer.from_pretrained(
                room, local_files_only=True, trust_remote_code=False
            )
        require_mask_token(files.name, tokenizer)
        # Before the weights, which may be large.
        require_rows(files.name, tokenizer.backend_tokenizer, int(config.vocab_size))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            whole, found = AutoModelForMaskedLM.from_pretrained(
                files.weights,
                config=config,
                local_files_only=True,
                use_safetensors=True,
                trust_remote_code=False,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except (
        *(OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError),
        SafetensorError,
    ) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("model-damaged", path=files.name, reason=reason) from error
    missing = sorted(found["missing_keys"])
    return tokenizer, whole, _is_head_fresh(files.name, whole.base_model_prefix, missing)


def _is_head_fresh(name: str, prefix: str, missing: list[str]) -> bool:
    """Whether a checkpoint had no head; `RunError` when parts of its encoder are missing too."""
    encoder = [key for key in missing if key.startswith(f"{prefix}.")]
    if encoder:
        reason = f"{len(encoder)} tensors of the encoder are missing, the first is {encoder[0]}"
        raise RunError("model-misfit", path=name, reason=reason)
    # Biases that begin at zero and that some checkpoints leave out make no head fresh.
    return any(not key.endswith("bias") for key in missing)


def require_mask_token(name: str, tokenizer: Any) -> None:
    """`RunError` unless a tokenizer can hide and fill up."""
    if tokenizer.mask_token_id is None or tokenizer.pad_token_id is None:
        raise RunError("no-mask-token", name=name)


def require_fitting_tokenizer(name: str, tokenizer: Tokenizer, whole: Any) -> None:
    """`RunError` unless a model has an embedding for every token."""
    require_rows(name, tokenizer, int(whole.get_input_embeddings().num_embeddings))


def require_rows(name: str, tokenizer: Tokenizer, rows: int) -> None:
    """`RunError` when a token's number is beyond a table of so many rows."""
    largest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=0)
    if largest >= rows:
        raise RunError("tokenizer-too-large", path=name, largest=largest, rows=rows)


def _downloaded(name: str, offline: bool, report: ProgressReport | None) -> _Files:
    config = hub.fetch(name, "config.json", offline=offline)
    assert config is not None
    commit = hub.revision_of(config) or None
    hub.fetch(name, "tokenizer.json", offline=offline, revision=commit)
    for file in _TOKENIZER_FILES:
        hub.fetch(name, file, offline=offline, must=False, revision=commit)
    modules = hub.fetch(name, MODULES, offline=offline, must=False, revision=commit)
    if path := pooling_file(modules):
        hub.fetch(name, path, offline=offline, must=False, revision=commit)
    weights = hub.fetch_weights(name, offline=offline, report=report, beside=config)
    # All files of a revision lie in one folder of the cache; a converted copy is one of its own.
    return _Files(name, config.parent, weights.parent, hub.source_of(name, config, weights))


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
