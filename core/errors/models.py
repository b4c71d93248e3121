"""What can be wrong with a pretrained model: its name, its files, the way to it."""

from core.errors.entry import Entry

ENTRIES: dict[str, Entry] = {
    "not-a-vit": Entry(
        "{name} is a {architecture}, not a Vision Transformer whose patches can be masked.",
        "Choose a ViT: the Model page and `redistill models` list some; timm names that start with "
        "vit_, deit, eva or eva02 work, DINOv3, CLIP's and SigLIP's image towers among them.",
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
    "model-misfit": Entry(
        "The weights in {path} don't fit the architecture that its config.json names: {reason}.",
        "Give the config.json and the weights of the same model, or download both again.",
    ),
    "encoder-misfit": Entry(
        "These weights don't fit the encoder: {reason}.",
        "Take the weights of the same architecture and input size.",
    ),
    "train-part-misfit": Entry(
        "The model {reason}",
        "Change pretrain.train (Further pre-training on the Plan page), and start again.",
    ),
    "layer-not-plain": Entry(
        "{layer} is a {found} where a plain {kind} is needed: {why} reads its weights, and would "
        "pass over whatever was put around them.",
        "Merge what was put around the layer into its weights, or leave that layer as it is.",
    ),
    "model-file-missing": Entry(
        "There is no file {path}.",
        "Check the spelling; a folder with config.json and model.safetensors works too.",
    ),
    "model-foreign-setting": Entry(
        "The description of the model in {path} asks for what a description may not ask for: "
        "{names}. Such settings can make other files be read, or addresses be asked.",
        "Take these settings out of its config.json or model.json if you know what they are for; "
        "or take the model from its publisher.",
    ),
    "model-foreign-architecture": Entry(
        "The description of the model in {path} names the architecture {found!r}, which is none "
        "of timm's own.",
        "Give one of timm's names as architecture in its config.json; addresses and folders are "
        "never followed.",
    ),
    "model-pooling-unknown": Entry(
        "{file} of the model {path} says that a text is read by {found}, which is not offered.",
        "Set model.pooling to first, mean or max, or choose a model that is read in one of these "
        "ways.",
    ),
    "model-no-such-type": Entry(
        "{path} is a model of the type {found!r}, and no masked language model of that type is "
        "known; code that comes with a model is never run.",
        "Choose a masked language model such as roberta-base, bert-base-uncased or "
        "answerdotai/ModernBERT-base.",
    ),
    "tokenizer-too-large": Entry(
        "The tokenizer of {path} has tokens up to number {largest:,}, but the model has "
        "embeddings for {rows:,} only: texts with the others can't be read.",
        "Give tokenizer and model of the same checkpoint, or save the model again after "
        "`model.resize_token_embeddings(len(tokenizer))` in transformers.",
    ),
    "not-vit-mae": Entry(
        "{name} is a transformers model of type {kind}; of those only vit_mae can be read.",
        "Many of them are in timm too, DINOv2, DINOv3, CLIP and SigLIP among them: give the timm "
        "name, such as vit_small_patch16_dinov3.lvd1689m (the Model page and `redistill models` "
        "list some).",
    ),
    "model-not-found": Entry(
        "There is no model named {name}.{hint}",
        "`redistill models` lists models; timm names, hub names (owner/name), folders and "
        ".safetensors files work too.",
    ),
    "timm-no-weights": Entry(
        "timm knows the architecture {name} but has no pretrained weights for it.",
        "Choose a name with a tag, such as vit_small_patch16_224.augreg_in21k_ft_in1k, or "
        "random:{name} for random weights.",
    ),
    "starter-missing": Entry(
        "The bundled starter model is missing: there is no model.json in {folder}.",
        "Install Redistill again; that folder belongs to it.",
    ),
    "model-other-kind": Entry(
        "{name} is a model for {kind}, but the data are {wanted}.",
        "Choose a model for {wanted}, such as {starter}; `redistill models` lists some.",
    ),
    "folder-no-model": Entry(
        "The folder {name} holds no model.safetensors.",
        "Give a folder as transformers or timm save it, or the .safetensors file itself.",
    ),
    "architecture-unknown": Entry(
        "The architecture of {path} is unknown: it is not a ViT-MAE checkpoint, and no "
        "config.json with an architecture lies beside it.",
        "Put the config.json that came with the weights into the same folder.",
    ),
    "only-pickles": Entry(
        "{name} has its weights only as pickled files, which can run code and are never opened.",
        "Choose a model with .safetensors weights, or convert it where you trust it "
        "(`model.save_pretrained(folder)` in transformers) and give that folder.",
    ),
    "offline-not-here": Entry(
        "{name} is not on this machine (looked in {cache}), and downloads are switched off.",
        "Go online once, or copy the model's folder here and give its path; the model starter "
        "always works.",
    ),
    "hub-unreachable": Entry(
        "{name} can't be downloaded: {reason} (proxy: {proxy}).",
        "Check the connection; behind a proxy set HTTPS_PROXY (and SSL_CERT_FILE for your own "
        "certificate authority); or copy the model's folder here and give its path. A download "
        "that was cut off resumes where it ended.",
    ),
    "model-no-room": Entry(
        "There is no room for {name}: {needed:.2f} GiB are needed at {at}, {free:.2f} GiB are "
        "free.",
        "Free some space there, or set HF_HOME to a folder on another disk.",
    ),
    "download-wrong": Entry(
        "What was downloaded of {name} is not what the hub lists: its checksum differs.",
        "It was deleted; download it again. If it stays so, something on the way (a proxy, a "
        "virus scanner) changes files: copy the model's folder here and give its path.",
    ),
    "hub-gated": Entry(
        "{name} asks you to accept its terms first.",
        "Accept them on its page on the hub, then log in once with `hf auth login`.",
    ),
    "hub-no-revision": Entry(
        "{name} exists, but not in the revision that was asked for.",
        "Look up the commit, branch or tag on its page on the hub; without @… the newest is taken.",
    ),
    "hub-no-file": Entry(
        "{name} exists, but has no file {file}.",
        "Choose a ViT-MAE or timm model; the Model page and `redistill models` list some.",
    ),
    "no-fast-tokenizer": Entry(
        "{name} has no tokenizer.json, so its texts can't be tokenised quickly.",
        "Choose a model with a fast tokenizer (RoBERTa, BERT, DistilBERT, ModernBERT …), or save "
        "it again with a fast tokenizer.",
    ),
    "no-mask-token": Entry(
        "{name} has no mask or padding token: it is not a masked language model.",
        "Choose a masked language model such as roberta-base, bert-base-uncased or "
        "distilroberta-base.",
    ),
}
