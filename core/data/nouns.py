"""What is counted, for who says a count again in another language (`core.language.again`).

`core.data.manifest.counted` puts the English words together. Here they are collected.
"""

from typing import Final

from core.language import _

NOUNS: Final = (
    *(_("image"), _("images"), _("labeled image"), _("labeled images")),
    *(_("unlabeled image"), _("unlabeled images"), _("unlabeled text"), _("unlabeled texts")),
    *(_("text"), _("texts"), _("labeled text"), _("labeled texts")),
    *(_("text file"), _("text files"), _("JSON file"), _("JSON files")),
    *(_("line or paragraph"), _("lines and paragraphs"), _("picture"), _("pictures")),
    *(_("file"), _("files"), _("class"), _("classes"), _("class folder"), _("class folders")),
    *(_("copy"), _("copies"), _("correction"), _("corrections"), _("group"), _("groups")),
    *(_("label"), _("labels"), _("labeled example"), _("labeled examples")),
    *(_("mask"), _("masks"), _("name"), _("names"), _("row"), _("rows")),
    *(_("table"), _("tables"), _("more table"), _("more tables")),
    *(_("other sheet"), _("other sheets"), _("process"), _("processes")),
    *(_("encoder"), _("encoders")),
)
