"""Models to start from: what they are, how large, whose, under which licence, already here?

Imports no torch, so that listing them is quick.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import RunError
from core.language import _
from core.recipe.modality import modality_named
from core.run.files import MODEL_JSON
from core.system.resources import RESOURCES

Source = Literal["bundled", "vit-mae", "timm", "masked-lm"]


@dataclass(frozen=True, kw_only=True)
class CatalogEntry:
    """A pretrained model on offer.

    Attributes:
        name: What to give as `--model`.
        what: In a few words.
        kind: The name of its modality.
        source: Where it is loaded from and how.
        repo: On the hub; empty for the bundled ones.
        parameters: Of the encoder.
        size_mb: To download, in millions of bytes.
        input_size: Pixels; 0 for text.
        max_length: Tokens of a sequence at most; 0 for images.
        origin: Who trained it, on what.
        licence: Of the weights, as the publisher states it.
    """

    name: str
    what: str
    kind: str
    source: Source
    repo: str
    parameters: int
    size_mb: float
    input_size: int = 0
    max_length: int = 0
    origin: str
    licence: str


def _timm(
    name: str,
    what: str,
    parameters: int,
    size: int,
    origin: str,
    licence: str = "Apache-2.0",
    *,
    has_head: bool = False,
    more: int = 0,
) -> CatalogEntry:
    """One of timm's; `more` parameters are in its file and in no encoder."""
    width = {"tiny": 192, "small": 384, "base": 768}[name.split("_")[1]]
    head = more + (1000 * (width + 1) if has_head else 0)
    return CatalogEntry(
        name=name,
        what=what,
        kind="images",
        source="timm",
        repo=f"timm/{name}",
        parameters=parameters,
        size_mb=4e-6 * (parameters + head),
        input_size=size,
        origin=origin,
        licence=licence,
    )


def _vit_mae(name: str, what: str, parameters: int, size_mb: float) -> CatalogEntry:
    return CatalogEntry(
        name=name,
        what=what,
        kind="images",
        source="vit-mae",
        repo=name,
        parameters=parameters,
        size_mb=size_mb,
        input_size=224,
        origin=_("Meta AI, masked autoencoding on ImageNet-1k; decoder included"),
        # The hub's model cards say Apache-2.0; the original repository CC-BY-NC 4.0.
        licence=_("Apache-2.0 on the hub, CC-BY-NC 4.0 in the original repository"),
    )


def _masked_lm(
    name: str,
    what: str,
    parameters: int,
    size_mb: float,
    origin: str,
    licence: str = "Apache-2.0",
    *,
    max_length: int = 512,
) -> CatalogEntry:
    return CatalogEntry(
        name=name,
        what=what,
        kind="text",
        source="masked-lm",
        repo=name,
        parameters=parameters,
        size_mb=size_mb,
        max_length=max_length,
        origin=origin,
        licence=licence,
    )


_AUGREG = _("Google, labels of ImageNet-21k, fine-tuned on ImageNet-1k")
_DEIT3 = _("Meta AI, labels of ImageNet-1k")
_MAE = _("Meta AI, masked autoencoding on ImageNet-1k; without decoder")
_DINO2 = "Meta AI, DINOv2 on LVD-142M"
_DINO3 = _("Meta AI, DINOv3 on LVD-1689M; the hub may ask you to accept Meta's terms first")
_EVA02 = _("BAAI, EVA-02: CLIP's features at masked places of ImageNet-22k")
_SIGLIP = _("Google, SigLIP on WebLI: images and their texts; its attention pooling is left out")
_CLIP = _("OpenAI, CLIP: 400 million images and their texts")
_ROBERTA = _("Meta AI, masked language modelling on 160 GB of English")
_DISTILROBERTA = _("Hugging Face, distilled from RoBERTa on OpenWebText")
_BERT = _("Google, masked language modelling on BookCorpus and Wikipedia")
_DISTILBERT = _("Hugging Face, distilled from BERT on its corpus")
_MODERNBERT = _("Answer.AI and LightOn, masked language modelling on 2 trillion tokens")
_XLM_R = _("Meta AI, masked language modelling on CommonCrawl in 100 languages")

CATALOG: tuple[CatalogEntry, ...] = (
    CatalogEntry(
        name="starter",
        what=_("small ViT for 64 px, works offline and on a CPU"),
        kind="images",
        source="bundled",
        repo="",
        parameters=2_719_296,
        size_mb=6.4,
        input_size=64,
        origin=_("Redistill, masked autoencoding on generated images; decoder included"),
        licence="Apache-2.0",
    ),
    _vit_mae("facebook/vit-mae-base", _("the paper's model"), 85_798_656, 448),
    _vit_mae("facebook/vit-mae-large", "larger", 303_301_632, 1320),
    _vit_mae("facebook/vit-mae-huge", _("largest, patch 14"), 630_764_800, 2630),
    _timm(
        "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
        _("tiny ViT"),
        5_524_416,
        224,
        _AUGREG,
        has_head=True,
    ),
    _timm(
        "vit_small_patch16_224.augreg_in21k_ft_in1k",
        _("small ViT"),
        21_665_664,
        224,
        _AUGREG,
        has_head=True,
    ),
    _timm(
        "vit_base_patch16_224.augreg2_in21k_ft_in1k",
        _("base ViT"),
        85_798_656,
        224,
        _AUGREG,
        has_head=True,
    ),
    _timm(
        "deit3_small_patch16_224.fb_in1k", _("small ViT"), 21_674_496, 224, _DEIT3, has_head=True
    ),
    _timm("vit_base_patch16_224.mae", _("MAE's encoder"), 85_798_656, 224, _MAE, "CC-BY-NC 4.0"),
    _timm("vit_small_patch14_dinov2.lvd142m", _("small, strong features"), 22_056_192, 518, _DINO2),
    _timm("vit_base_patch14_dinov2.lvd142m", _("base, strong features"), 86_579_712, 518, _DINO2),
    _timm("vit_small_patch14_reg4_dinov2.lvd142m", _("with registers"), 22_057_344, 518, _DINO2),
    _timm(
        "vit_small_patch16_dinov3.lvd1689m",
        _("small, newest strong features"),
        21_586_944,
        256,
        _DINO3,
        "DINOv3 License",
    ),
    _timm(
        "vit_base_patch16_dinov3.lvd1689m",
        _("base, newest strong features"),
        85_641_216,
        256,
        _DINO3,
        "DINOv3 License",
    ),
    _timm("eva02_small_patch14_224.mim_in22k", "EVA-02", 21_621_120, 224, _EVA02, "MIT"),
    _timm(
        "vit_base_patch16_siglip_224.webli",
        _("SigLIP's image tower"),
        85_797_120,
        224,
        _SIGLIP,
        more=7_087_104,
    ),
    _timm(
        "vit_base_patch32_clip_224.openai",
        _("CLIP's image tower"),
        87_456_000,
        224,
        _CLIP,
        more=393_216,
    ),
    CatalogEntry(
        name="starter-text",
        what=_("small BERT for English, works offline and on a CPU"),
        kind="text",
        source="bundled",
        repo="",
        parameters=5_289_984,
        size_mb=10.9,
        max_length=128,
        origin=_("Redistill, masked language modelling on licence-clean text; head included"),
        licence="Apache-2.0",
    ),
    # The paper's model for text.
    _masked_lm("roberta-base", _("the paper's model, English"), 124_055_040, 499, _ROBERTA, "MIT"),
    _masked_lm("distilroberta-base", _("half as deep, English"), 81_527_808, 331, _DISTILROBERTA),
    _masked_lm("bert-base-uncased", _("the first BERT, English"), 108_891_648, 440, _BERT),
    _masked_lm("distilbert-base-uncased", _("half of BERT, English"), 66_362_880, 268, _DISTILBERT),
    _masked_lm(
        "answerdotai/ModernBERT-base",
        _("newer, for long texts and code, English"),
        149_014_272,
        599,
        _MODERNBERT,
        max_length=8192,
    ),
    _masked_lm("xlm-roberta-base", _("100 languages"), 277_453_056, 1116, _XLM_R, "MIT"),
)


def entries_of(kind: str) -> list[CatalogEntry]:
    """The models of one modality."""
    return [entry for entry in CATALOG if entry.kind == kind]


def require_kind(name: str, kind: str) -> None:
    """`RunError` for a model of the catalog whose examples are of another kind."""
    bare = name.removeprefix("random:")
    for entry in CATALOG:
        if entry.name == bare and entry.kind != kind:
            starter = modality_named(kind).starter
            raise RunError(
                "model-other-kind", name=name, kind=entry.kind, wanted=kind, starter=starter
            )


def catalog_rows() -> list[dict[str, Any]]:
    """The catalog with `on_disk` for each entry, ready for JSON."""
    return [{**asdict(entry), "on_disk": is_on_disk(entry)} for entry in CATALOG]


def is_on_disk(entry: CatalogEntry) -> bool:
    """Whether the entry can be loaded without a network."""
    if entry.source == "bundled":
        return (starter_folder(entry.name) / MODEL_JSON).is_file()
    from core.hub.hub import is_in_cache

    return is_in_cache(entry.repo)


def starter_folder(name: str = "starter") -> Path:
    """Folder of a bundled model, in a checkout and in an installed package."""
    return RESOURCES / name
