"""`redistill.open`: a run, what it found, and what its model says of new examples."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.api.asking import AnyPath, a_path, refuse_table
from core.api.following import OnEvent, train
from core.errors import RunError
from core.modalities import exports_of, predict_of
from core.readers.outcome import read_outcome
from core.readers.recommendation import recommended_arm
from core.run.files import RESULTS
from core.run.folder import RunFolder

if TYPE_CHECKING:
    from core.export.export import Exported
    from core.predict.prediction import Prediction
    from core.system.progress import ProgressReport

Inputs = AnyPath | Iterable[AnyPath]


class Run:
    """A run on disk; `redistill.open` and `redistill.adapt` return it.

    What it says is read when it is asked for, so it follows a run that is still training.

    Args:
        folder: The run's folder.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder

    def __repr__(self) -> str:
        return f"<redistill.Run {str(self.path)!r}: {self.state}>"

    @property
    def path(self) -> Path:
        """The run folder, absolute."""
        return self._folder.path

    @property
    def state(self) -> str:
        """`new`, `running`, `paused`, `stopped`, `failed`, `finished` or `interrupted`."""
        return str(self._folder.status().state)

    @property
    def results(self) -> dict[str, Any]:
        """All that was measured, as it stands in `results.json`; accuracies are shares (0 to 1).

        Raises:
            RunError: There are no results yet (`run-not-finished`), or they are damaged.
        """
        self._needs_results()
        return self._folder.read_json(RESULTS)

    @property
    def verdict(self) -> str:
        """Whether it helped, in words, with intervals.

        Raises:
            RunError: There are no results yet (`run-not-finished`), or they are damaged.
        """
        self._needs_results()
        return read_outcome(self._folder).verdict

    @property
    def recommended(self) -> str | None:
        """The arm whose classifier is used unless another is named; None while there is none."""
        return recommended_arm(self._folder)

    def resume(self, on_event: OnEvent | None = None, *, processes: int = 1) -> "Run":
        """Continue a paused, stopped, failed or interrupted run; a finished one is left as it is.

        Args:
            on_event: As of `redistill.adapt`.
            processes: How many train together.

        Raises:
            RunError: The run failed, or another trainer works on it.
        """
        if self.state != "finished":
            train(self._folder, on_event, processes)
        return self

    def predict(
        self,
        inputs: Inputs,
        unknown: float | None = None,
        *,
        arm: str | None = None,
        embeddings: bool = False,
        device: str | None = None,
    ) -> "list[Prediction]":
        """Classify examples, read exactly as in training.

        Args:
            inputs: One or several. Paths of files, and of folders, which are looked through. For a
                run on texts a `str` is a text itself and a `pathlib.Path` a file.
            unknown: How often the `candidates` of a prediction are to hold its true class, above 0
                and below 1, such as 0.9; `is_unknown` then says whether they are several, or none.
            arm: Whose classifier; the recommended one by default.
            embeddings: Whether each prediction has its `embedding`, (D,) float32, too.
            device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps` or `xpu`; the recipe's by default.

        Returns:
            In the order of the inputs, files of a folder by name. `probabilities` holds (class,
            probability) from the most to the least likely. What can't be read has none, and says
            why in `problem`; a model of numbers has its answer in `number` (`value`, `margin`)
            instead.

        Raises:
            RunError: There is no classifier, this machine lacks the device, or `unknown` needs more
                examples that were held out of training.
            ValueError: `unknown` is not between 0 and 1.
        """
        found = self.predictions(
            inputs, arm=arm, unknown=unknown, embeddings=embeddings, device=device
        )
        return list(found)

    def predictions(
        self,
        inputs: Inputs,
        texts: Sequence[str] = (),
        *,
        arm: str | None = None,
        unknown: float | None = None,
        embeddings: bool = False,
        device: str | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> "Iterator[Prediction]":
        """The same one after the other, for more examples than fit into memory.

        Args:
            inputs: As of `predict`.
            texts: More texts, for a run on texts; they come after the inputs.
            arm: As of `predict`.
            unknown: As of `predict`.
            embeddings: As of `predict`.
            device: As of `predict`.
            tell: Told at the end where and how precisely was computed.

        Raises:
            RunError: As of `predict`, with the first prediction.
            ValueError: `unknown` is not between 0 and 1.
        """
        from core.predict.predict import predict

        if unknown is not None and not 0 < unknown < 1:
            raise ValueError(f"unknown is {unknown}; it is above 0 and below 1, such as 0.9")
        files, given = self._sorted(inputs)
        return predict(
            self._folder,
            files,
            predict_of(self._folder.recipe().modality),
            arm,
            texts=[*given, *texts],
            device=device,
            unknown=unknown,
            embeddings=embeddings,
            tell=tell,
        )

    def embed(
        self, inputs: Inputs, *, arm: str | None = None, device: str | None = None
    ) -> NDArray[np.float32]:
        """What the classifier tells the classes from, of each example.

        Args:
            inputs: As of `predict`.
            arm: As of `predict`.
            device: As of `predict`.

        Returns:
            (N, D) float32, a row for each example, in the order of `predict`; D is the width of
            the model. (0, 0) without examples.

        Raises:
            RunError: As of `predict`; or an example can't be read (`example-unreadable`): a missing
                row would shift all others.
        """
        rows: list[NDArray[np.float32]] = []
        for found in self.predictions(inputs, arm=arm, embeddings=True, device=device):
            if found.problem:
                raise RunError("example-unreadable", name=found.name, reason=found.problem)
            assert found.embedding is not None
            rows.append(found.embedding)
        return np.stack(rows) if rows else np.zeros((0, 0), np.float32)

    def export(
        self,
        format: str,  # noqa: A002  (as the command line calls it)
        out: AnyPath | None = None,
        *,
        arm: str | None = None,
        precision: str | None = None,
        report: "ProgressReport | None" = None,
    ) -> "Exported":
        """Write the model for another program, checked on your own examples.

        Args:
            format: `onnx`, `transformers`, `pt2`, `encoder`; for images `timm`, too.
            out: The folder to make; `RUN/exports/FORMAT` by default.
            arm: As of `predict`.
            precision: `fp32`; for `onnx` also `fp16` or `int8`.
            report: Told (what, done, total); a total of 0 is unknown.

        Returns:
            Its `folder`, and `parity`: what the check found.

        Raises:
            RunError: There is nothing to export, the format is unknown or can't hold the model, the
                place is taken, or what was written computes something else.
        """
        from core.export.export import export

        return export(
            self._folder,
            format,
            exports_of(self._folder.recipe().modality),
            out=a_path(out, "out") if out is not None else None,
            arm=arm,
            precision=precision,
            report=report,
        )

    def _needs_results(self) -> None:
        if not self._folder.results_file.exists():
            state = self._folder.status().state
            raise RunError("run-not-finished", path=self.path, needed="results", state=state)

    def _sorted(self, inputs: Inputs) -> tuple[list[Path], list[str]]:
        """Inputs as files and as texts, of which there is one kind.

        Raises:
            RunError: A text is the name of a file, or there are files and texts.
            TypeError: Something is neither.
        """
        refuse_table(inputs, "predict takes one example or several")
        several: list[object]
        if isinstance(inputs, str | bytes) or not isinstance(inputs, Iterable):
            several = [inputs]
        else:
            several = list(inputs)
        if not predict_of(self._folder.recipe().modality).takes_texts:
            return [a_path(each, "predict") for each in several], []
        texts = [each for each in several if isinstance(each, str)]
        for text in texts:
            if os.path.isfile(text):  # noqa: PTH113  (a long text is no file, not an error)
                raise RunError("text-names-a-file", text=text)
        files = [a_path(each, "predict") for each in several if not isinstance(each, str)]
        if texts and files:
            raise RunError("texts-and-files")
        return files, texts


def open_run(path: AnyPath) -> Run:
    """Open a run, in whatever state it is; a newer version's is refused.

    Args:
        path: The run folder.

    Raises:
        RunError: There is no run (`run-not-found`), or a newer version made it.
    """
    return Run(RunFolder.open(a_path(path, "open")))
