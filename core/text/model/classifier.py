"""A text classifier: an encoder with its architecture's own classification head."""

from pathlib import Path
from typing import Any

from safetensors.torch import save
from torch import Tensor, nn

from core.models.dropout import DropoutPlace, RowDropout
from core.models.masked_model import Batch, Classifier, MaskedModel
from core.run.files import CLASSIFIER, CLASSIFIER_JSON
from core.system.atomic import write_bytes, write_json
from core.text.model.description import TextDescription


class TextClassifier(Classifier):
    """transformers' own sequence classifier of an architecture, on a given encoder.

    Its head is what fine-tuning takes in that architecture's literature: for BERT a pooler (a
    linear layer and tanh) and a linear layer on the first token's last hidden state, for RoBERTa
    and ELECTRA likewise, and so on. Dropout sits wherever the architecture has it, attention
    apart.

    Args:
        model: Its encoder is copied.
        description: What the model is.
        num_classes: Outputs of the head.
        dropout: Share of values dropped; None for what the model was pretrained with.
    """

    def __init__(
        self,
        model: MaskedModel,
        description: TextDescription,
        num_classes: int,
        dropout: float | None,
    ) -> None:
        super().__init__()
        self.description = description
        whole = description.build_for_classes(num_classes)
        # First: the parts are taken with their dropout.
        self._put_dropout(whole, dropout)
        base = whole.base_model
        pretrained = {name for name, _ in model.encoder.named_children()}
        parts = dict(base.named_children())
        new = {name: part for name, part in whole.named_children() if part is not base}
        # BERT keeps its pooler, which no masked language model has, beside the encoder's parts.
        new |= {name: part for name, part in parts.items() if name not in pretrained}
        self.encoder = nn.ModuleDict({name: parts[name] for name in sorted(pretrained)})
        self.encoder.load_state_dict(model.encoder_state())
        self.head = nn.ModuleDict(new)
        # In a tuple, so that its parts are registered once, as encoder and head.
        self._whole: tuple[Any, ...] = (whole,)

    @property
    def whole(self) -> Any:
        """Transformers' classifier, of which encoder and head are the parts."""
        return self._whole[0]

    @property
    def backbone(self) -> nn.Module:
        """The encoder."""
        return self.encoder

    @property
    def computed(self) -> nn.Module:
        """Transformers' own encoder; ours has its parts by name."""
        base: nn.Module = self.whole.base_model
        return base

    @property
    def embedding(self) -> nn.Module:
        """The table of the tokens."""
        table: nn.Module = self.whole.get_input_embeddings()
        return table

    @property
    def output_layer(self) -> nn.Linear:
        """The last of the layers in what transformers calls `classifier`, whatever the family."""
        layers = [part for part in self.whole.classifier.modules() if isinstance(part, nn.Linear)]
        return layers[-1]

    def set_dropout_rows(self, seed: int, start: int, global_rows: int) -> None:
        """Say which rows of the global batch come next, and the seed of their step."""
        self._place.seed = seed % 2**62
        self._place.start = start
        self._place.global_rows = global_rows

    def forward(self, batch: Batch) -> Tensor:
        """(B, classes) logits of `input_ids` under `attention_mask`."""
        logits: Tensor = self.whole(
            input_ids=batch["input_ids"].long(), attention_mask=batch["attention_mask"]
        ).logits
        return logits

    def save(self, folder: Path, classes: list[str]) -> None:
        """Write weights and, last, the JSON that says how to build and read them."""
        tensors = {
            key: value.detach().cpu().contiguous() for key, value in self.state_dict().items()
        }
        write_bytes(folder / CLASSIFIER, save(tensors))
        values = {"classes": classes, "model": self.description.to_dict()}
        write_json(folder / CLASSIFIER_JSON, values)

    def _put_dropout(self, whole: nn.Module, p: float | None) -> None:
        self._place = DropoutPlace()
        places = [
            name
            for name, module in whole.named_modules()
            if isinstance(module, nn.Dropout) and not _is_of_attention(name)
        ]
        own = self.description.own_dropout() if p is None else {}
        for index, place in enumerate(places):
            share = own.get(place, 0.0) if p is None else p
            whole.set_submodule(place, RowDropout(share, self._place, index))


def _is_of_attention(name: str) -> bool:
    """Whether a dropout is of attention weights: kernels read its share and draw by themselves."""
    *_, owner, own = ["", *name.split(".")]
    return owner in {"self", "attention", "attn"} and not own.startswith("out")
