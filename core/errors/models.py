"""What can be wrong with a pretrained model: its name, its files, the way to it."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "not-a-vit": Entry(
        "{name} is a {architecture}, not a Vision Transformer whose patches can be masked.",
        "Choose a ViT: `redistill models` lists some; any timm name that starts with vit_ works.",
    ),
    "not-three-channels": Entry(
        "{name} takes {channels} channels; images are read as red, green and blue.",
        "Choose a model with three input channels.",
    ),
    "image-size-misfit": Entry(
        "{name} cuts images into patches of {patch} pixels; {size} is not a multiple of that.",
        "Set model.image_size to a multiple of {patch}.",
    ),
    "model-damaged": Entry(
        "The model in {path} can't be opened: {reason}.",
        "Copy or download it again; a part of it is missing, damaged, or of another architecture.",
    ),
}
