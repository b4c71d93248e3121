"""How models of images are exported."""

from core.export.modality import ExportModality
from core.images.export.examples import images_to_check
from core.images.export.formats import FORMATS
from core.images.export.subject import image_classifier, image_encoder
from core.images.export.writers import WRITERS

EXPORT = ExportModality(
    formats=FORMATS,
    templates="images",
    writers=WRITERS,
    classifier=image_classifier,
    encoder=image_encoder,
    examples=lambda manifest, _data, subject, scratch, report: images_to_check(
        manifest, subject.preprocessing, scratch, report
    ),
)
