"""Files from the hub: downloaded or from its cache, with every way it can fail in words."""

import io
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from huggingface_hub import (
    HfApi,
    constants,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import httpx  # type: ignore[attr-defined]
from tqdm.auto import tqdm

from core.errors import RunError
from core.errors.signed_links import UnsignedFilter
from core.hub.weights_file import bring_weights
from core.system.progress import ProgressReport

# Its own handler writes to standard error, which a run keeps.
for _handler in logging.getLogger("huggingface_hub").handlers:
    _handler.addFilter(UnsignedFilter())

__all__ = [
    "WEIGHTS",
    "at_revision",
    "commit_in_cache",
    "fetch",
    "fetch_weights",
    "is_in_cache",
    "revision_of",
    "source_of",
    "weights_size",
]

WEIGHTS = "model.safetensors"
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NO_FILE = {"hub-no-file"}
_NOT_HERE = {"hub-no-file", "offline-not-here"}
# The hub's own bot offers a safetensors copy of a repository that has only pickles.
_CONVERTER = "SFconvertbot"
_CONVERTED = "Adding `safetensors` variant of this model"


def fetch(
    repo: str,
    file: str,
    *,
    offline: bool,
    revision: str | None = None,
    must: bool = True,
    suggest: Callable[[str], str] | None = None,
    report: ProgressReport | None = None,
) -> Path | None:
    """A file of a repository, from the cache or the network.

    Args:
        repo: `owner/name`, or `owner/name@revision`: a branch, tag or commit.
        file: Path in it.
        offline: Never ask the network.
        revision: The same; that of `repo`, or the main branch, if None.
        must: Whether it is an error when the repository has no such file, or when offline the
            cache; else None is returned.
        suggest: Makes a hint for a name that does not exist.
        report: Told (what, bytes done, bytes in all) while downloading.

    Raises:
        RunError: Offline and not in the cache; no way to the network; no such repository; a
            gated one; a missing file; a download that was cut off.
    """
    offline = offline or constants.HF_HUB_OFFLINE
    repo, named = at_revision(repo)
    revision = revision or named
    bar = _reporting_bar(f"Downloading {repo}", report) if report else None
    try:
        with _in_words(repo, file, offline=offline, suggest=suggest):
            if file == WEIGHTS and not offline:
                bring_weights(repo, file, revision=revision, bar=bar, report=report)
            path = hf_hub_download(
                repo, file, revision=revision, local_files_only=offline, tqdm_class=bar
            )
    except RunError as error:
        if not must and error.id in (_NOT_HERE if offline else _NO_FILE):
            return None
        raise
    return Path(path)


def at_revision(name: str) -> tuple[str, str | None]:
    """Repository and revision of a name such as `owner/name@revision`; None where it has none."""
    repo, _, revision = name.partition("@")
    return repo, revision or None


def source_of(repo: str, described: Path | None, weights: Path) -> dict[str, str]:
    """What to note of a download: the repository and the commits that its files are of."""
    found = {"repository": at_revision(repo)[0], "weights_revision": revision_of(weights)}
    return found if described is None else {**found, "revision": revision_of(described)}


def revision_of(path: Path) -> str:
    """The commit that a file of the hub's cache is of; empty where its place does not tell."""
    names = [parent.name for parent in path.parents]
    commit = names[names.index("snapshots") - 1] if "snapshots" in names[1:] else ""
    return commit if _COMMIT.fullmatch(commit) else ""


@contextmanager
def _in_words(
    repo: str, file: str, *, offline: bool, suggest: Callable[[str], str] | None = None
) -> Iterator[None]:
    """Whatever the hub's library raises, as the `RunError` that says it."""
    try:
        yield
    except GatedRepoError as error:
        raise RunError("hub-gated", name=repo) from error
    except RevisionNotFoundError as error:
        raise RunError("hub-no-revision", name=repo) from error
    except (RepositoryNotFoundError, HFValidationError) as error:
        hint = suggest(repo) if suggest else ""
        raise RunError("model-not-found", name=repo, hint=hint) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        raise _unreachable(repo, error, offline=offline) from error
    except EntryNotFoundError as error:
        raise RunError("hub-no-file", name=repo, file=file) from error
    except (HfHubHTTPError, httpx.HTTPError, OSError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunError("hub-unreachable", name=repo, reason=reason, proxy=_proxy()) from error


def weights_size(repo: str, *, suggest: Callable[[str], str] | None = None) -> int:
    """Bytes of the weights on the hub, without downloading them; 0 when it does not tell.

    Raises:
        RunError: As `fetch_weights`.
    """
    repo, revision = at_revision(repo)
    with _in_words(repo, WEIGHTS, offline=constants.HF_HUB_OFFLINE, suggest=suggest):
        size = _size(repo, revision)
        converted = _converted_revision(repo) if size is None and revision is None else None
        if converted is not None:
            size = _size(repo, converted)
    if size is None:
        has_pickle = _has_file(repo, "pytorch_model.bin")
        raise RunError("only-pickles" if has_pickle else "hub-no-file", name=repo, file=WEIGHTS)
    return size


def _size(repo: str, revision: str | None) -> int | None:
    """0 when the hub does not tell; None when there is no such file."""
    try:
        return get_hf_file_metadata(hf_hub_url(repo, WEIGHTS, revision=revision)).size or 0
    except RemoteEntryNotFoundError:
        return None


def fetch_weights(
    repo: str,
    *,
    offline: bool,
    report: ProgressReport | None = None,
    beside: Path | None = None,
) -> Path:
    """The safetensors file of a repository; pickled weights are never opened.

    Where a repository has only pickles, the hub's own converted copy (a pull request of its bot)
    is taken instead.

    Args:
        repo: `owner/name` or `owner/name@revision`.
        offline: Never ask the network.
        report: Told (what, bytes done, bytes in all) while downloading.
        beside: What describes the model, fetched before: the weights are of the same commit,
            whatever was pushed meanwhile.

    Raises:
        RunError: As `fetch`; or there are only pickled weights.
    """
    get = partial(fetch, repo, WEIGHTS, offline=offline, must=False, report=report)
    commit = revision_of(beside) if beside is not None else ""
    path = get(revision=commit or None)
    repo, named = at_revision(repo)
    if path is None and named is None:
        revision = _cached_conversion(repo) if offline else _converted_revision(repo)
        if revision is not None:
            path = get(revision=revision)
    if path is None and not offline and _has_file(repo, "pytorch_model.bin"):
        raise RunError("only-pickles", name=repo)
    if path is None:
        # For its words: nothing was found.
        path = fetch(repo, WEIGHTS, offline=offline)
    assert path is not None
    return path


def is_in_cache(repo: str) -> bool:
    """Whether the weights of a repository, or the hub's copy of them, are on this disk."""
    repo, named = at_revision(repo)
    revisions = [named] if named else ["main", _cached_conversion(repo)]
    return any(
        isinstance(try_to_load_from_cache(repo, WEIGHTS, revision=revision), str)
        for revision in revisions
        if revision is not None
    )


def commit_in_cache(repo: str) -> str:
    """The commit of a repository that was fetched last; empty where none was."""
    repo, named = at_revision(repo)
    folder = Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}"
    try:
        return (folder / "refs" / (named or "main")).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _cached_conversion(repo: str) -> str | None:
    """The hub bot's pull request that was fetched from before, if any."""
    folder = Path(constants.HF_HUB_CACHE) / f"models--{repo.replace('/', '--')}" / "refs" / "pr"
    numbers = sorted(file.name for file in folder.glob("*"))
    return f"refs/pr/{numbers[-1]}" if numbers else None


def _reporting_bar(what: str, report: ProgressReport) -> type[Any]:
    """A progress bar class, as the hub's library wants one, that reports instead of drawing."""

    class ReportingBar(tqdm):  # type: ignore[type-arg]  # no generic when it runs
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **{**kwargs, "disable": False, "file": io.StringIO()})

        def update(self, n: float | None = 1) -> bool | None:
            drawn: bool | None = super().update(n)
            report(what, int(self.n), int(self.total or 0))
            return drawn

    return ReportingBar


def _converted_revision(repo: str) -> str | None:
    try:
        for change in HfApi().get_repo_discussions(repo, discussion_type="pull_request"):
            if change.title == _CONVERTED and change.author == _CONVERTER:
                return f"refs/pr/{change.num}"
    except (HfHubHTTPError, httpx.HTTPError, OSError):
        return None
    return None


def _has_file(repo: str, file: str) -> bool:
    try:
        return HfApi().file_exists(repo, file)
    except (HfHubHTTPError, httpx.HTTPError, OSError):
        return False


def _unreachable(repo: str, error: Exception, *, offline: bool) -> RunError:
    if offline:
        return RunError("offline-not-here", name=repo, cache=constants.HF_HUB_CACHE)
    cause: Any = error.__cause__ or error
    reason = str(cause).splitlines()[0] if str(cause) else type(cause).__name__
    return RunError("hub-unreachable", name=repo, reason=reason, proxy=_proxy())


def _proxy() -> str:
    """Whether a proxy is configured, never which one: its address can hold a password."""
    names = [name for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY") if os.environ.get(name)]
    return f"set by {names[0]}" if names else "not set"
