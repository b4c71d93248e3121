"""Images as a modality, in words and settings."""

from typing import Any

from core.language import _
from core.recipe.families import image_family
from core.recipe.modality import NO_HARM, SCALE_FREE, SUITED, Modality, ModelWords, Sections

# Fine-tuning with what is known of it beyond the paper (`resources/help/evidence.md`); the search
# departs from `lr` where another rate is clearly better.
_STRONG: dict[str, Any] = {
    "lr": 3e-4,
    "decay_norms": False,
    "layer_decay": 0.75,
    "own_dropout": True,
    "drop_path": 0.1,
    "label_smoothing": 0.1,
    "averaging": 0.1,
    "flips": "auto",
    "random_resized_crops": True,
    "head": "regularised-probe",
    "search": True,
    "interpolate": True,
}

_PRESETS: dict[str, Sections] = {
    # Short enough for a CPU with the starter model.
    "quick": {
        "model": {
            "fit_image_size": True,
            "decoder_depth": 4,
            "decoder_dim": 256,
            "decoder_warmup_steps": 100,
        },
        "pretrain": {**NO_HARM, **SUITED, "steps": 300},
        "distill": {**NO_HARM, **SCALE_FREE, "steps": 300},
        "finetune": {**_STRONG, "steps": 300, "warmup_steps": 30, "num_seeds": 3},
        "probe": {"every": 100},
    },
    # For a desktop GPU.
    "balanced": {
        "model": {"fit_image_size": True, "decoder_warmup_steps": 500},
        "pretrain": {**NO_HARM, **SUITED, "steps": 5_000},
        "distill": {**NO_HARM, **SCALE_FREE, "steps": 5_000},
        "finetune": {**_STRONG, "steps": 2_500, "warmup_steps": 250, "num_seeds": 3},
        "probe": {"every": 500},
    },
    # What the authors ran (METHOD.md section 2).
    "paper": {"finetune": {"num_seeds": 5}},
}

MODALITY = Modality(
    name="images",
    package="core.images",
    example=_("image"),
    examples=_("images"),
    article=_("an"),
    piece=_("patch"),
    pieces=_("patches"),
    copied="file",
    file_name="picture",
    result_name="image",
    shown_as="picture",
    starter="starter",
    learned=_("learned to see from other images"),
    presets=_PRESETS,
    strong=_STRONG,
    own_settings=frozenset(
        {
            *("model.image_size", "model.fit_image_size"),
            *("model.decoder_depth", "model.decoder_dim"),
            *("model.decoder_heads", "model.decoder_warmup_steps", "finetune.drop_path"),
            *("objectives.view_area", "objectives.view_colour", "objectives.view_flips"),
            *("objectives.instance_smoothing", "objectives.instance_classes"),
            *("objectives.contrastive_temperature", "objectives.contrastive_dim"),
            *(
                f"{section}.{key}"
                for section in ("pretrain", "distill", "finetune")
                for key in ("flips", "random_resized_crops", "crop_scale")
            ),
        }
    ),
    icon="image",
    family_of=image_family,
    labeled_invitation=_(
        "Few are enough: one folder per class, train/val/test folders, or a table."
    ),
    welcome=_("Choose folders of pictures. A pretrained vision model is fitted to them."),
    sample=_("Handwritten &digits"),
    sample_about=_("1,797 small handwritten digits"),
    unusable=_("damaged, cut short or no image"),
    models=ModelWords(
        title=_("Any hub or &timm name"),
        placeholder=_("owner/name or address on the hub, or a name of timm"),
        name=_("Name of a model on the hub or in timm"),
        invitation=_("Or drop a model's folder or a .safetensors file here."),
        weights=".safetensors",
    ),
    suffixes=(
        *(".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif", ".tif", ".tiff"),
        *(".heic", ".heif", ".hif", ".avif", ".dcm", ".dicom"),
    ),
)
