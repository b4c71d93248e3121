"""Models to start from: what they are, how large, whose, under which licence, already here?

Imports no torch, so that listing them is quick.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["bundled", "vit-mae", "timm"]


@dataclass(frozen=True, kw_only=True)
class CatalogEntry:
    """A pretrained model on offer.

    Attributes:
        name: What to give as `--model`.
        what: In a few words.
        kind: Where it is loaded from and how.
        repo: On the hub; empty for the bundled one.
        parameters: Of the encoder.
        size_mb: To download, in millions of bytes.
        input_size: Pixels.
        origin: Who trained it, on what.
        licence: Of the weights, as the publisher states it.
    """

    name: str
    what: str
    kind: Kind
    repo: str
    parameters: int
    size_mb: float
    input_size: int
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
) -> CatalogEntry:
    width = {"tiny": 192, "small": 384, "base": 768}[name.split("_")[1]]
    head = 1000 * (width + 1) if has_head else 0
    return CatalogEntry(
        name=name,
        what=what,
        kind="timm",
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
        kind="vit-mae",
        repo=name,
        parameters=parameters,
        size_mb=size_mb,
        input_size=224,
        origin="Meta AI, masked autoencoding on ImageNet-1k; decoder included",
        # The hub's model cards say Apache-2.0; the original repository CC-BY-NC 4.0.
        licence="Apache-2.0 on the hub, CC-BY-NC 4.0 in the original repository",
    )


_AUGREG = "Google, labels of ImageNet-21k, fine-tuned on ImageNet-1k"
_DEIT3 = "Meta AI, labels of ImageNet-1k"
_MAE = "Meta AI, masked autoencoding on ImageNet-1k; without decoder"
_DINO2 = "Meta AI, DINOv2 on LVD-142M"

CATALOG: tuple[CatalogEntry, ...] = (
    CatalogEntry(
        name="starter",
        what="small ViT for 64 px, works offline and on a CPU",
        kind="bundled",
        repo="",
        parameters=2_719_296,
        size_mb=6.4,
        input_size=64,
        origin="Redistill, masked autoencoding on generated images; decoder included",
        licence="Apache-2.0",
    ),
    _vit_mae("facebook/vit-mae-base", "the paper's model", 85_798_656, 448),
    _vit_mae("facebook/vit-mae-large", "larger", 303_301_632, 1320),
    _vit_mae("facebook/vit-mae-huge", "largest, patch 14", 630_764_800, 2630),
    _timm(
        "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
        "tiny ViT",
        5_524_416,
        224,
        _AUGREG,
        has_head=True,
    ),
    _timm(
        "vit_small_patch16_224.augreg_in21k_ft_in1k",
        "small ViT",
        21_665_664,
        224,
        _AUGREG,
        has_head=True,
    ),
    _timm(
        "vit_base_patch16_224.augreg2_in21k_ft_in1k",
        "base ViT",
        85_798_656,
        224,
        _AUGREG,
        has_head=True,
    ),
    _timm("deit3_small_patch16_224.fb_in1k", "small ViT", 21_674_496, 224, _DEIT3, has_head=True),
    _timm("vit_base_patch16_224.mae", "MAE's encoder", 85_798_656, 224, _MAE, "CC-BY-NC 4.0"),
    _timm("vit_small_patch14_dinov2.lvd142m", "small, strong features", 22_056_192, 518, _DINO2),
    _timm("vit_base_patch14_dinov2.lvd142m", "base, strong features", 86_579_712, 518, _DINO2),
    _timm("vit_small_patch14_reg4_dinov2.lvd142m", "with registers", 22_057_344, 518, _DINO2),
)


def catalog_rows() -> list[dict[str, Any]]:
    """The catalog with `on_disk` for each entry, ready for JSON."""
    return [{**asdict(entry), "on_disk": is_on_disk(entry)} for entry in CATALOG]


def is_on_disk(entry: CatalogEntry) -> bool:
    """Whether the entry can be loaded without a network."""
    if entry.kind == "bundled":
        return (starter_folder() / "model.json").is_file()
    from core.models.hub import is_in_cache

    return is_in_cache(entry.repo)


def starter_folder() -> Path:
    """Folder of the bundled starter, in a checkout and in an installed package."""
    return Path(__file__).resolve().parents[2] / "resources" / "starter"
