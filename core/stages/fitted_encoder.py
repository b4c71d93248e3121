"""The encoder that a run has fitted, as a model that another run can start from."""

from functools import partial
from pathlib import Path

from core.run.encoder_files import kept_encoder
from core.run.files import DECODER, ENCODER, MODEL_JSON, SUMMARY
from core.stages.setup import RunSetup
from core.system.atomic import write_bytes

# Where the format `encoder` of an export is, too: that one takes its place.
_FITTED = "encoder"


def export_encoder(setup: RunSetup) -> str | None:
    """Copy the fitted encoder to `exports/encoder`; its path relative to the run folder."""
    recipe = setup.recipe
    stage = setup.folder_of("self-distill", recipe.distill.rounds)
    keep = recipe.distill.keep
    if stage is None:
        stage, keep = setup.folder_of("further-pretrain"), recipe.pretrain.keep
    if stage is None:
        return None
    if not (stage / SUMMARY).exists():
        return None
    source = kept_encoder(stage, keep)
    setup.context.write(partial(_copy, setup, source, stage / DECODER), "the encoder")
    return (setup.run.exports / _FITTED / ENCODER).relative_to(setup.run.path).as_posix()


def _copy(setup: RunSetup, source: Path, decoder: Path) -> None:
    """Without its decoder no stage that fills in what is hidden could go on from it."""
    folder = setup.run.exports / _FITTED
    folder.mkdir(parents=True, exist_ok=True)
    if decoder.exists():
        write_bytes(folder / DECODER, decoder.read_bytes())
    write_bytes(folder / ENCODER, source.read_bytes())
    write_bytes(folder / MODEL_JSON, (setup.run.model / MODEL_JSON).read_bytes())
