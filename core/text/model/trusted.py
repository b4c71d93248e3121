"""What foreign files may say of a masked language model and of its tokenizer.

transformers reads more out of a `config.json` than sizes: code that comes with a model
(`auto_map`), kernels out of other repositories (`attn_implementation`), libraries to load
(`quantization_config`), other files (`vocab_file`). Here only known keys with plain values pass.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from transformers import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

from core.errors import RunError

# Of older configurations, which transformers translates; `architectures` only tells the head.
_OLDER = frozenset(
    {
        *("architectures", "model_type", "torch_dtype", "position_embedding_type", "rope_theta"),
        *("rope_scaling", "global_rope_theta", "local_rope_theta", "global_attn_every_n_layers"),
        *("num_labels", "hidden_act", "layer_norm_eps", "gradient_checkpointing"),
    }
)
# Words of the user's classes, which are only ever shown.
_NAMES = frozenset({"id2label", "label2id"})
_TOKENIZER_KEYS = frozenset(
    {
        *("tokenizer_class", "added_tokens_decoder", "additional_special_tokens", "backend"),
        *("model_max_length", "do_lower_case", "strip_accents", "tokenize_chinese_chars"),
        *("do_basic_tokenize", "never_split", "clean_up_tokenization_spaces", "keep_accents"),
        *("add_prefix_space", "trim_offsets", "padding_side", "truncation_side", "errors"),
        *("model_input_names", "split_by_punct", "vocab_type", "add_bos_token", "add_eos_token"),
        *("extra_special_tokens", "legacy", "use_fast", "remove_space", "sep_token_box"),
    }
)
_TOKENIZER_FILES = ("tokenizer.json", "special_tokens_map.json", "added_tokens.json")
_VOCABULARIES = ("vocab.txt", "vocab.json", "merges.txt")


def trusted_config(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of a foreign `config.json` what the architecture itself knows, with plain values.

    Args:
        name: Of the model, for the words.
        values: As the file has them.

    Raises:
        RunError: It is no masked language model that transformers itself has, or a known key has
            an address or a path as its value.
    """
    kind = values.get("model_type")
    if not isinstance(kind, str) or kind not in MODEL_FOR_MASKED_LM_MAPPING_NAMES:
        raise RunError("model-no-such-type", path=name, found=str(kind)[:100])
    known = _known_keys(kind)
    kept = {key: value for key, value in values.items() if key in known}
    strange = [key for key, value in kept.items() if key not in _NAMES and not _is_plain(value)]
    if strange:
        raise RunError("model-foreign-setting", path=name, names=", ".join(sorted(strange))[:200])
    return kept


@cache
def _known_keys(kind: str) -> frozenset[str]:
    own = CONFIG_MAPPING[kind]()
    keys = {*own.to_dict(), *own.attribute_map, *_OLDER}
    return frozenset(key for key in keys if not key.startswith("_")) - {"transformers_version"}


def _is_plain(value: object) -> bool:
    match value:
        case str():
            # No address, no path, no repository.
            return not set(value) & set("/\\:") and ".." not in value
        case list() | tuple():
            return all(map(_is_plain, value))
        case dict():
            return all(isinstance(key, str) and _is_plain(each) for key, each in value.items())
    return value is None or isinstance(value, (bool, int, float))


@contextmanager
def trusted_tokenizer_folder(folder: Path, config: Mapping[str, Any]) -> Iterator[Path]:
    """A folder, there while the block runs, with a tokenizer and nothing that leads elsewhere."""
    with tempfile.TemporaryDirectory(prefix="redistill-") as temporary:
        room = Path(temporary)
        for file in (*_TOKENIZER_FILES, *_VOCABULARIES):
            if (folder / file).is_file():
                shutil.copyfile(folder / file, room / file)
        settings = folder / "tokenizer_config.json"
        if settings.is_file():
            values = json.loads(settings.read_text(encoding="utf-8"))
            kept = {key: value for key, value in values.items() if _is_of_tokenizer(key)}
            (room / settings.name).write_text(json.dumps(kept), encoding="utf-8")
        (room / "config.json").write_text(json.dumps(dict(config)), encoding="utf-8")
        yield room


def _is_of_tokenizer(key: str) -> bool:
    return key in _TOKENIZER_KEYS or key.endswith(("_token", "_token_id", "_token_type_id"))
