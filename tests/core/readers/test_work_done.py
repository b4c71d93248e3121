"""One percentage for everyone who says how much of a run is done."""

from core.readers.work_done import share_done


def test_that_copied_stages_count_as_done_and_all_that_have_begun_count() -> None:
    works = {"pretrain": 2.0, "base": 1.0, "other": 1.0}
    assert share_done(works, {"pretrain"}, {"base": 0.5, "other": 0.5}) == 0.75
    assert share_done(works, set(works), {}) == 1.0
    # Averages alone are no work: their number counts.
    assert share_done({"soup": 0.0, "wise": 0.0}, {"soup"}, {}) == 0.5
