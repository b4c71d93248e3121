"""How models of texts are exported."""

from core.export.modality import ExportModality
from core.text.data.read import Columns
from core.text.export.examples import texts_to_check
from core.text.export.formats import FORMATS
from core.text.export.subject import text_classifier, text_encoder
from core.text.export.writers import TEXT_WRITERS

EXPORT = ExportModality(
    formats=FORMATS,
    templates="text",
    writers=TEXT_WRITERS,
    classifier=text_classifier,
    encoder=text_encoder,
    examples=lambda manifest, data, _subject, _scratch, report: texts_to_check(
        manifest, Columns.of(data), report
    ),
)
