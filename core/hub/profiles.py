"""The catalog's models in plain words: for somebody who has to choose and knows none of them."""

from dataclasses import dataclass
from typing import Final, Literal

Picture = Literal["photographs", "generated", "captions", "text", "languages", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a model is to a newcomer.

    Attributes:
        title: Its name as people say it.
        learned: What it has learned from, to complete "It learned from …".
        picture: Which kind of data that is, for a drawing.
        strength: Its place among those of its modality by what is published of them as they come
            (linear probes on photographs, GLUE); 0 is for trying out.
        cost: What it may cost in accuracy, or ask of its user; empty where there is nothing to say.
    """

    title: str
    learned: str
    picture: Picture
    strength: int
    cost: str = ""


_TRYING = "For trying out: it has seen no {}, so expect clearly lower accuracy than it can get."
_IMAGENET = "photographs of 1,000 kinds of things (ImageNet)"
_DINO2 = "142 million photographs, without labels"
_DINO3 = "1.7 billion photographs, without labels"
_TERMS = "Its publisher may ask you to accept terms first."
_SMALL = "A little less accurate than the base size as a rule."
_ENGLISH = "160 GB of English from the web"
_BOOKS = "English books and Wikipedia"
_PAPER = "The paper's model: good after fine-tuning, its features as they come are weaker."

PROFILES: Final[dict[str, Profile]] = {
    "starter": Profile(
        title="Starter",
        learned="generated images",
        picture="generated",
        strength=0,
        cost=_TRYING.format("photographs"),
    ),
    "facebook/vit-mae-base": Profile(
        title="MAE base", learned=_IMAGENET, picture="photographs", strength=3, cost=_PAPER
    ),
    "facebook/vit-mae-large": Profile(
        title="MAE large", learned=_IMAGENET, picture="photographs", strength=5, cost=_PAPER
    ),
    "facebook/vit-mae-huge": Profile(
        title="MAE huge", learned=_IMAGENET, picture="photographs", strength=6, cost=_PAPER
    ),
    "vit_tiny_patch16_224.augreg_in21k_ft_in1k": Profile(
        title="ViT tiny",
        learned="labelled photographs of 21,000 kinds of things (ImageNet-21k)",
        picture="photographs",
        strength=1,
        cost="Small and quick; clearly less accurate than the small size.",
    ),
    "vit_small_patch16_224.augreg_in21k_ft_in1k": Profile(
        title="ViT small",
        learned="labelled photographs of 21,000 kinds of things (ImageNet-21k)",
        picture="photographs",
        strength=4,
        cost=_SMALL,
    ),
    "vit_base_patch16_224.augreg2_in21k_ft_in1k": Profile(
        title="ViT base",
        learned="labelled photographs of 21,000 kinds of things (ImageNet-21k)",
        picture="photographs",
        strength=7,
    ),
    "deit3_small_patch16_224.fb_in1k": Profile(
        title="DeiT III small", learned=_IMAGENET, picture="photographs", strength=3, cost=_SMALL
    ),
    "vit_base_patch16_224.mae": Profile(
        title="MAE base, encoder alone",
        learned=_IMAGENET,
        picture="photographs",
        strength=2,
        cost=_PAPER,
    ),
    "vit_small_patch14_dinov2.lvd142m": Profile(
        title="DINOv2 small", learned=_DINO2, picture="photographs", strength=9, cost=_SMALL
    ),
    "vit_base_patch14_dinov2.lvd142m": Profile(
        title="DINOv2 base", learned=_DINO2, picture="photographs", strength=12
    ),
    "vit_small_patch14_reg4_dinov2.lvd142m": Profile(
        title="DINOv2 small, with registers",
        learned=_DINO2,
        picture="photographs",
        strength=8,
        cost=_SMALL,
    ),
    "vit_small_patch16_dinov3.lvd1689m": Profile(
        title="DINOv3 small",
        learned=_DINO3,
        picture="photographs",
        strength=8,
        cost=f"{_SMALL} {_TERMS}",
    ),
    "vit_base_patch16_dinov3.lvd1689m": Profile(
        title="DINOv3 base", learned=_DINO3, picture="photographs", strength=11, cost=_TERMS
    ),
    "eva02_small_patch14_224.mim_in22k": Profile(
        title="EVA-02 small",
        learned="photographs of 22,000 kinds of things (ImageNet-22k)",
        picture="photographs",
        strength=4,
        cost=_SMALL,
    ),
    "vit_base_patch16_siglip_224.webli": Profile(
        title="SigLIP base",
        learned="pictures of the web and what is written beside them",
        picture="captions",
        strength=10,
    ),
    "vit_base_patch32_clip_224.openai": Profile(
        title="CLIP base",
        learned="400 million pictures of the web and what is written beside them",
        picture="captions",
        strength=6,
        cost="Quick for its size; it sees fewer details than others.",
    ),
    "starter-text": Profile(
        title="Starter",
        learned="a little English without licence problems",
        picture="text",
        strength=0,
        cost=_TRYING.format("large collection of texts"),
    ),
    "roberta-base": Profile(title="RoBERTa base", learned=_ENGLISH, picture="text", strength=6),
    "distilroberta-base": Profile(
        title="DistilRoBERTa",
        learned="40 GB of English from the web",
        picture="text",
        strength=4,
        cost="Half as deep as RoBERTa: twice as fast, somewhat less accurate.",
    ),
    "bert-base-uncased": Profile(
        title="BERT base", learned=_BOOKS, picture="text", strength=3, cost="Without capitals."
    ),
    "distilbert-base-uncased": Profile(
        title="DistilBERT",
        learned=_BOOKS,
        picture="text",
        strength=2,
        cost="Half as deep as BERT: twice as fast, somewhat less accurate.",
    ),
    "answerdotai/ModernBERT-base": Profile(
        title="ModernBERT base",
        learned="2 trillion words of English and code",
        picture="text",
        strength=5,
        cost="For long texts and for code.",
    ),
    "xlm-roberta-base": Profile(
        title="XLM-RoBERTa base",
        learned="texts of the web in 100 languages",
        picture="languages",
        strength=1,
        cost="For other languages than English; for English others are better.",
    ),
}
