"""What can be wrong with a pretrained model: its name, its files, the way to it."""

from core.errors.entry import Entry
from core.language import _

ENTRIES: dict[str, Entry] = {
    "not-a-vit": Entry(
        _("{name} is a {architecture}, not a Vision Transformer whose patches can be masked."),
        _(
            "Choose a ViT: the Model page and `redistill models` list some; timm names that start "
            "with vit_, deit, eva or eva02 work, DINOv3, CLIP's and SigLIP's image towers among "
            "them."
        ),
    ),
    "not-three-channels": Entry(
        _("{name} takes {channels} channels; images are read as red, green and blue."),
        _("Choose a model with three input channels."),
    ),
    "image-size-misfit": Entry(
        _("{name} cuts images into patches of {patch} pixels; {size} is not a multiple of that."),
        _("Set model.image_size to a multiple of {patch}."),
    ),
    "model-damaged": Entry(
        _("The model in {path} can't be opened: {reason}."),
        _(
            "Copy or download it again; a part of it is missing, damaged, or of another "
            "architecture."
        ),
    ),
    "model-misfit": Entry(
        _("The weights in {path} don't fit the architecture that its config.json names: {reason}."),
        _("Give the config.json and the weights of the same model, or download both again."),
    ),
    "encoder-misfit": Entry(
        _("These weights don't fit the encoder: {reason}."),
        _("Take the weights of the same architecture and input size."),
    ),
    "settings-misfit": Entry(
        _("{name} {reason}"),
        _("Change that setting (Advanced on the Model and Plan pages), and start again."),
    ),
    "train-part-misfit": Entry(
        _("The model {reason}"),
        _("Change pretrain.train (Further pre-training on the Plan page), and start again."),
    ),
    "layer-not-plain": Entry(
        _(
            "{layer} is a {found} where a plain {kind} is needed: {why} reads its weights, and "
            "would pass over whatever was put around them."
        ),
        _("Merge what was put around the layer into its weights, or leave that layer as it is."),
    ),
    "model-file-missing": Entry(
        _("There is no file {path}."),
        _("Check the spelling; a folder with config.json and model.safetensors works too."),
    ),
    "model-foreign-setting": Entry(
        _(
            "The description of the model in {path} asks for what a description may not ask for: "
            "{names}. Such settings can make other files be read, or addresses be asked."
        ),
        _(
            "Take these settings out of its config.json or model.json if you know what they are "
            "for; or take the model from its publisher."
        ),
    ),
    "model-foreign-architecture": Entry(
        _(
            "The description of the model in {path} names the architecture {found!r}, which is "
            "none of timm's own."
        ),
        _(
            "Give one of timm's names as architecture in its config.json; addresses and folders "
            "are never followed."
        ),
    ),
    "model-pooling-unknown": Entry(
        _("{file} of the model {path} says that a text is read by {found}, which is not offered."),
        _(
            "Set model.pooling to first, mean or max, or choose a model that is read in one of "
            "these ways."
        ),
    ),
    "model-no-such-type": Entry(
        _(
            "{path} is a model of the type {found!r}, and no masked language model of that type is "
            "known; code that comes with a model is never run."
        ),
        _(
            "Choose a masked language model such as roberta-base, bert-base-uncased or "
            "answerdotai/ModernBERT-base."
        ),
    ),
    "tokenizer-too-large": Entry(
        _(
            "The tokenizer of {path} has tokens up to number {largest:,}, but the model has "
            "embeddings for {rows:,} only: texts with the others can't be read."
        ),
        _(
            "Give tokenizer and model of the same checkpoint, or save the model again after "
            "`model.resize_token_embeddings(len(tokenizer))` in transformers."
        ),
    ),
    "not-vit-mae": Entry(
        _("{name} is a transformers model of type {kind}; of those only vit_mae can be read."),
        _(
            "Many of them are in timm too, DINOv2, DINOv3, CLIP and SigLIP among them: give the "
            "timm name, such as vit_small_patch16_dinov3.lvd1689m (the Model page and `redistill "
            "models` list some)."
        ),
    ),
    "model-not-found": Entry(
        _("There is no model named {name}.{hint}"),
        _(
            "`redistill models` lists models; timm names, hub names (owner/name), folders and "
            ".safetensors files work too."
        ),
    ),
    "timm-no-weights": Entry(
        _("timm knows the architecture {name} but has no pretrained weights for it."),
        _(
            "Choose a name with a tag, such as vit_small_patch16_224.augreg_in21k_ft_in1k, or "
            "random:{name} for random weights."
        ),
    ),
    "starter-missing": Entry(
        _("The bundled starter model is missing: there is no model.json in {folder}."),
        _("Install Redistill again; that folder belongs to it."),
    ),
    "model-other-kind": Entry(
        _("{name} is a model for {kind}, but the data are {wanted}."),
        _("Choose a model for {wanted}, such as {starter}; `redistill models` lists some."),
    ),
    "folder-no-model": Entry(
        _("The folder {name} holds no model.safetensors."),
        _("Give a folder as transformers or timm save it, or the .safetensors file itself."),
    ),
    "architecture-unknown": Entry(
        _(
            "The architecture of {path} is unknown: it is not a ViT-MAE checkpoint, and no "
            "config.json with an architecture lies beside it."
        ),
        _("Put the config.json that came with the weights into the same folder."),
    ),
    "only-pickles": Entry(
        _("{name} has its weights only as pickled files, which can run code and are never opened."),
        _(
            "Choose a model with .safetensors weights, or convert it where you trust it "
            "(`model.save_pretrained(folder)` in transformers) and give that folder."
        ),
    ),
    "offline-not-here": Entry(
        _("{name} is not on this machine (looked in {cache}), and downloads are switched off."),
        _(
            "Go online once, or copy the model's folder here and give its path; the model starter "
            "always works."
        ),
    ),
    "hub-unreachable": Entry(
        _("{name} can't be downloaded: {reason} (proxy: {proxy})."),
        _(
            "Check the connection; behind a proxy set HTTPS_PROXY (and SSL_CERT_FILE for your own "
            "certificate authority); or copy the model's folder here and give its path. A download "
            "that was cut off resumes where it ended."
        ),
    ),
    "model-no-room": Entry(
        _(
            "There is no room for {name}: {needed:.2f} GiB are needed at {at}, {free:.2f} GiB are "
            "free."
        ),
        _("Free some space there, or set HF_HOME to a folder on another disk."),
    ),
    "download-wrong": Entry(
        _("What was downloaded of {name} is not what the hub lists: its checksum differs."),
        _(
            "It was deleted; download it again. If it stays so, something on the way (a proxy, a "
            "virus scanner) changes files: copy the model's folder here and give its path."
        ),
    ),
    "hub-gated": Entry(
        _("{name} asks you to accept its terms first."),
        _("Accept them on its page on the hub, then log in once with `hf auth login`."),
    ),
    "hub-no-revision": Entry(
        _("{name} exists, but not in the revision that was asked for."),
        _(
            "Look up the commit, branch or tag on its page on the hub; without @… the newest is "
            "taken."
        ),
    ),
    "hub-no-file": Entry(
        _("{name} exists, but has no file {file}."),
        _("Choose a ViT-MAE or timm model; the Model page and `redistill models` list some."),
    ),
    "no-fast-tokenizer": Entry(
        _("{name} has no tokenizer.json, so its texts can't be tokenised quickly."),
        _(
            "Choose a model with a fast tokenizer (RoBERTa, BERT, DistilBERT, ModernBERT …), or "
            "save it again with a fast tokenizer."
        ),
    ),
    "no-mask-token": Entry(
        _("{name} has no mask or padding token: it is not a masked language model."),
        _(
            "Choose a masked language model such as roberta-base, bert-base-uncased or "
            "distilroberta-base."
        ),
    ),
}
