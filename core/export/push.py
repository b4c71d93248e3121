"""Push an export to the hub: one commit, only of an export that was checked.

The token is handed over by whoever asks and goes into requests alone: it is not written anywhere,
not logged, and stands in no command line.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, HfApi, constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.utils import (  # type: ignore[attr-defined]
    disable_progress_bars,
    httpx,
    validate_repo_id,
)

from core.errors import RunError
from core.export.target import PARITY
from core.system.inside import file_inside
from core.system.progress import ProgressReport
from core.version import __version__

_TOKEN_REFUSED, _NOT_ALLOWED = 401, 403
# What the hub itself puts into a new repository.
_OF_THE_HUB = frozenset({".gitattributes"})


class Hub:
    """A repository on the hub, as its owner sees it.

    Args:
        repo: `owner/name`.
        token: The user's, with the right to write.

    Raises:
        RunError: That is no name of a repository, or there is no token.
    """

    def __init__(self, repo: str, token: str) -> None:
        if not token.strip():
            raise RunError("push-no-token", repo=repo)
        self.repo = _checked_name(repo)
        # Bars of the library would draw over ours.
        disable_progress_bars()
        self._api = HfApi(
            token=token.strip(), library_name="redistill", library_version=__version__
        )

    def check(self, *, force: bool) -> None:
        """Whether an export may be pushed there; asks the hub and changes nothing.

        Args:
            force: Push into a repository that has files; those of the same name are replaced.

        Raises:
            RunError: The token is refused, there is no network, or the repository has files.
        """
        with self._in_words():
            self._api.whoami()
            try:
                files = set(self._api.list_repo_files(self.repo)) - _OF_THE_HUB
            except RepositoryNotFoundError:
                return
        if files and not force:
            first = min(files)
            raise RunError("push-not-empty", repo=self.repo, count=len(files), first=first)

    def push(self, folder: Path, *, private: bool, report: ProgressReport) -> str:
        """Push an export; all of its files become visible at once, or none.

        Args:
            folder: As `core.export.export` made it.
            private: Whether a repository that is made for it is private.
            report: Told (what, bytes done, bytes in all); what it raises ends the push.

        Returns:
            The address of the repository.

        Raises:
            RunError: The folder is no checked export, or the hub does not take it.
        """
        files = files_of(folder)
        total = sum(file.stat().st_size for file in files)
        done = 0
        with self._in_words():
            address = self._api.create_repo(self.repo, private=private, exist_ok=True)
            additions = []
            for file in files:
                report(f"Pushing {file.relative_to(folder).as_posix()}", done, total)
                name = file.relative_to(folder).as_posix()
                addition = CommitOperationAdd(path_in_repo=name, path_or_fileobj=file)
                self._api.preupload_lfs_files(self.repo, additions=[addition], free_memory=False)
                additions.append(addition)
                done += file.stat().st_size
            report("Publishing", total, total)
            self._api.create_commit(self.repo, additions, commit_message="Add the fitted model")
        return str(address)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Whatever the hub's library raises, as the `RunError` that says it."""
        try:
            yield
        except OfflineModeIsEnabled as error:
            reason = "the variable HF_HUB_OFFLINE forbids to ask the network"
            raise RunError("push-unreachable", repo=self.repo, reason=reason) from error
        except HfHubHTTPError as error:
            raise self._refused(error) from error
        except ValueError as error:
            # A card that the hub does not accept, or an answer that is no hub's.
            raise self._failed("its answer", str(error)) from error
        except (httpx.HTTPError, OSError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise RunError("push-unreachable", repo=self.repo, reason=reason) from error

    def _refused(self, error: HfHubHTTPError) -> RunError:
        status = error.response.status_code
        if status == _TOKEN_REFUSED and not isinstance(error, RepositoryNotFoundError):
            return RunError("push-token-refused", repo=self.repo, hub=constants.ENDPOINT)
        if status in {_NOT_ALLOWED, _TOKEN_REFUSED}:
            return RunError("push-no-rights", repo=self.repo)
        return self._failed(f"status {status}", error.server_message or str(error))

    def _failed(self, status: str, said: str) -> RunError:
        reason = (said.strip().splitlines() or ["nothing more was said"])[0][:300]
        return RunError("push-failed", repo=self.repo, status=status, reason=reason)


def files_of(folder: Path) -> list[Path]:
    """The files of a checked export.

    Raises:
        RunError: There is none, or a file of it is gone.
    """
    try:
        noted: dict[str, Any] = json.loads((folder / PARITY).read_text(encoding="utf-8"))
        names = [*map(str, noted["files"]), PARITY] if noted["made_by"] == "redistill" else []
    except (OSError, ValueError, KeyError, TypeError):
        names = []
    # The folder may come from elsewhere: no name in it leads out of it.
    files = [file for name in names if (file := file_inside(folder, name)) is not None]
    if not files or len(files) < len(names):
        raise RunError("push-not-checked", path=folder)
    return files


def _checked_name(repo: str) -> str:
    try:
        validate_repo_id(repo)
    except HFValidationError as error:
        raise RunError("push-bad-name", repo=repo) from error
    if repo.count("/") != 1:
        raise RunError("push-bad-name", repo=repo)
    return repo
