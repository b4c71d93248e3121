"""The catalog's models in plain words: for somebody who has to choose and knows none of them."""

from dataclasses import dataclass
from typing import Final, Literal

from core.language import _

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


_TRYING = _("For trying out: it has seen no {}, so expect clearly lower accuracy than it can get.")
_IMAGENET = _("photographs of 1,000 kinds of things (ImageNet)")
_DINO2 = _("142 million photographs, without labels")
_DINO3 = _("1.7 billion photographs, without labels")
_TERMS = _("Its publisher may ask you to accept terms first.")
_SMALL = _("A little less accurate than the base size as a rule.")
_ENGLISH = _("160 GB of English from the web")
_BOOKS = _("English books and Wikipedia")
_PAPER = _("The paper's model: good after fine-tuning, its features as they come are weaker.")

PROFILES: Final[dict[str, Profile]] = {
    "starter": Profile(
        title=_("Starter"),
        learned=_("generated images"),
        picture="generated",
        strength=0,
        cost=_TRYING.format(_("photographs")),
    ),
    "facebook/vit-mae-base": Profile(
        title=_("MAE base"), learned=_IMAGENET, picture="photographs", strength=3, cost=_PAPER
    ),
    "facebook/vit-mae-large": Profile(
        title=_("MAE large"), learned=_IMAGENET, picture="photographs", strength=5, cost=_PAPER
    ),
    "facebook/vit-mae-huge": Profile(
        title=_("MAE huge"), learned=_IMAGENET, picture="photographs", strength=6, cost=_PAPER
    ),
    "vit_tiny_patch16_224.augreg_in21k_ft_in1k": Profile(
        title=_("ViT tiny"),
        learned=_("labelled photographs of 21,000 kinds of things (ImageNet-21k)"),
        picture="photographs",
        strength=1,
        cost=_("Small and quick; clearly less accurate than the small size."),
    ),
    "vit_small_patch16_224.augreg_in21k_ft_in1k": Profile(
        title=_("ViT small"),
        learned=_("labelled photographs of 21,000 kinds of things (ImageNet-21k)"),
        picture="photographs",
        strength=4,
        cost=_SMALL,
    ),
    "vit_base_patch16_224.augreg2_in21k_ft_in1k": Profile(
        title=_("ViT base"),
        learned=_("labelled photographs of 21,000 kinds of things (ImageNet-21k)"),
        picture="photographs",
        strength=7,
    ),
    "deit3_small_patch16_224.fb_in1k": Profile(
        title=_("DeiT III small"), learned=_IMAGENET, picture="photographs", strength=3, cost=_SMALL
    ),
    "vit_base_patch16_224.mae": Profile(
        title=_("MAE base, encoder alone"),
        learned=_IMAGENET,
        picture="photographs",
        strength=2,
        cost=_PAPER,
    ),
    "vit_small_patch14_dinov2.lvd142m": Profile(
        title=_("DINOv2 small"), learned=_DINO2, picture="photographs", strength=9, cost=_SMALL
    ),
    "vit_base_patch14_dinov2.lvd142m": Profile(
        title=_("DINOv2 base"), learned=_DINO2, picture="photographs", strength=12
    ),
    "vit_small_patch14_reg4_dinov2.lvd142m": Profile(
        title=_("DINOv2 small, with registers"),
        learned=_DINO2,
        picture="photographs",
        strength=8,
        cost=_SMALL,
    ),
    "vit_small_patch16_dinov3.lvd1689m": Profile(
        title=_("DINOv3 small"),
        learned=_DINO3,
        picture="photographs",
        strength=8,
        cost=f"{_SMALL} {_TERMS}",
    ),
    "vit_base_patch16_dinov3.lvd1689m": Profile(
        title=_("DINOv3 base"), learned=_DINO3, picture="photographs", strength=11, cost=_TERMS
    ),
    "eva02_small_patch14_224.mim_in22k": Profile(
        title=_("EVA-02 small"),
        learned=_("photographs of 22,000 kinds of things (ImageNet-22k)"),
        picture="photographs",
        strength=4,
        cost=_SMALL,
    ),
    "vit_base_patch16_siglip_224.webli": Profile(
        title=_("SigLIP base"),
        learned=_("pictures of the web and what is written beside them"),
        picture="captions",
        strength=10,
    ),
    "vit_base_patch32_clip_224.openai": Profile(
        title=_("CLIP base"),
        learned=_("400 million pictures of the web and what is written beside them"),
        picture="captions",
        strength=6,
        cost=_("Quick for its size; it sees fewer details than others."),
    ),
    "starter-text": Profile(
        title=_("Starter"),
        learned=_("a little English without licence problems"),
        picture="text",
        strength=0,
        cost=_TRYING.format(_("large collection of texts")),
    ),
    "roberta-base": Profile(title=_("RoBERTa base"), learned=_ENGLISH, picture="text", strength=6),
    "distilroberta-base": Profile(
        title=_("DistilRoBERTa"),
        learned=_("40 GB of English from the web"),
        picture="text",
        strength=4,
        cost=_("Half as deep as RoBERTa: twice as fast, somewhat less accurate."),
    ),
    "bert-base-uncased": Profile(
        title=_("BERT base"),
        learned=_BOOKS,
        picture="text",
        strength=3,
        cost=_("Without capitals."),
    ),
    "distilbert-base-uncased": Profile(
        title=_("DistilBERT"),
        learned=_BOOKS,
        picture="text",
        strength=2,
        cost=_("Half as deep as BERT: twice as fast, somewhat less accurate."),
    ),
    "answerdotai/ModernBERT-base": Profile(
        title=_("ModernBERT base"),
        learned=_("2 trillion words of English and code"),
        picture="text",
        strength=5,
        cost=_("For long texts and for code."),
    ),
    "xlm-roberta-base": Profile(
        title=_("XLM-RoBERTa base"),
        learned=_("texts of the web in 100 languages"),
        picture="languages",
        strength=1,
        cost=_("For other languages than English; for English others are better."),
    ),
}
