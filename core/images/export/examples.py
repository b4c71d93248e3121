"""The user's own images that an export is checked on."""

from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from core.data.manifest import Manifest
from core.errors import RunError
from core.export.examples import CheckExamples, candidates
from core.images.data.decode import UnreadableImage, load_rgb, resized
from core.models.masked_model import Preprocessing
from core.system.progress import ProgressReport

# In the notes on how a file became 8-bit RGB: more than 8 bits, and what Pillow alone may not read.
_READ_OUR_WAY: Final = ("-bit", "float", "DICOM", "HEIC", "AVIF")


def images_to_check(
    manifest: Manifest, preprocessing: Preprocessing, scratch: Path, report: ProgressReport
) -> CheckExamples:
    """The images to check on, as files for the export and as pixels for the trained model.

    Files are the user's own, or a PNG of our 8-bit picture where the file has more than 8 bits
    or is DICOM, HEIC or AVIF: no other program turns those into 8 bits as we do, if at all.

    Args:
        manifest: The run's.
        preprocessing: How images become the model's input.
        scratch: A folder for converted images.
        report: Told (what, done, total).

    Raises:
        RunError: None of them can be read any more.
    """
    which, images = candidates(manifest)
    names, paths, pixels, problems = [], [], [], []
    for done, image in enumerate(images):
        report("Reading images", done, len(images))
        path = manifest.absolute(image)
        try:
            picture, note = load_rgb(path)
        except UnreadableImage as error:
            problems.append((path, error.reason))
            continue
        names.append(image.path)
        paths.append(_readable_by_others(path, picture, note, scratch / f"{done}.png"))
        size, interpolation = preprocessing.image_size, preprocessing.interpolation
        pixels.append(resized(picture, size, interpolation))
    if not pixels:
        first, reason = problems[0] if problems else ("none", "the run has no images")
        count = len(images)
        raise RunError(
            "export-no-examples",
            nouns=manifest.modality.examples,
            count=count,
            which=which,
            first=first,
            reason=reason,
        )
    converted = sum(path.parent == scratch for path in paths)
    given = tuple(str(path) for path in paths)
    return CheckExamples(which, tuple(names), given, np.stack(pixels), converted)


def _readable_by_others(path: Path, picture: Image.Image, note: str, converted: Path) -> Path:
    if not any(word in note for word in _READ_OUR_WAY):
        return path
    picture.save(converted)
    return converted
