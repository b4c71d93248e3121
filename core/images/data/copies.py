"""Copies among the images of a scan: those of held-out images, by their looks."""

from collections.abc import Callable, Mapping, Sequence

from core.data.copies import NUM_HELD, RANKS, LeftOutCopies, side_of
from core.data.groups import Key
from core.data.manifest import Example
from core.data.pairs import Likeness
from core.images.about import MODALITY
from core.images.data.near_images import CopySearch
from core.recipe.examples import LeaveOutCopies
from core.system.progress import CountReport
from core.system.stopping import never


def copies_of_images(
    images: Sequence[Example],
    looks: Mapping[Key, bytes],
    rule: LeaveOutCopies,
    *,
    report: CountReport | None = None,
    stopped: Callable[[], bool] = never,
) -> LeftOutCopies:
    """Copies of test and validation images; of all images if the rule wants those left out.

    Args:
        images: With their splits.
        looks: What each looks like, by root and path.
        rule: What the recipe says of copies.
        report: Told (done, total).
        stopped: Asked often.

    Raises:
        Stopped: `stopped()` became true.
    """
    found = LeftOutCopies(rule, MODALITY)
    search = CopySearch(
        [looks[image.root, image.path] for image in images],
        [RANKS[image.split] for image in images],
        NUM_HELD,
        among_others=rule == "all",
        report=report,
        stopped=stopped,
    )
    for each in sorted(search.find(), key=lambda each: each.copy):
        kind: Likeness = "exact" if each.is_exact else "near"
        found.add(kind, side_of(images[each.of]), side_of(images[each.copy]))
    return found
