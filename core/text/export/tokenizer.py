"""A model's tokenizer in the files that other programs read."""

from pathlib import Path
from typing import Final

from transformers import PreTrainedTokenizerFast

from core.system.atomic import write_text
from core.text.model.description import TextDescription
from core.text.tokenizing import Tokenizing

FILE: Final = "tokenizer.json"


def write_plain_tokenizer(folder: Path, description: TextDescription) -> None:
    """`tokenizer.json` for the library tokenizers: it cuts and pads as the model wants it."""
    tokenizer = description.build_tokenizer()
    tokenizer.enable_truncation(description.max_length)
    tokenizer.enable_padding(
        pad_id=description.pad_id, pad_token=tokenizer.id_to_token(description.pad_id)
    )
    write_text(folder / FILE, tokenizer.to_str(pretty=True))


def write_tokenizer(folder: Path, description: TextDescription) -> None:
    """What transformers' `AutoTokenizer` opens."""
    tokenizer = description.build_tokenizer()
    frame = Tokenizing(description).frame
    special = {"pad_token": description.pad_id, "mask_token": description.mask_id}
    special |= {"cls_token": frame.before[0]} if frame.before else {}
    special |= {"sep_token": frame.after[0]} if frame.after else {}
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        model_max_length=description.max_length,
        # Types of a single text are all 0, which is what every model takes when it gets none.
        model_input_names=["input_ids", "attention_mask"],
        **{name: tokenizer.id_to_token(number) for name, number in special.items()},
    )
    fast.save_pretrained(folder)
