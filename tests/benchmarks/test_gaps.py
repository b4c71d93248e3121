"""Gaps between kernels, worked by hand."""

from tests.benchmarks.gaps import PYTHON, Interval, busy_us, idle_gaps, merged, operation_during


def test_that_gaps_are_told_the_longest_first_with_what_the_cpu_did() -> None:
    kernels = [Interval(100, 110, "mm"), Interval(112, 120, "add"), Interval(150, 160, "softmax")]
    step = Interval(0, 200, "step")
    operations = [step, Interval(111, 112, "aten::add"), Interval(118, 148, "aten::nonzero")]
    long, short = idle_gaps(kernels, operations)
    assert (long.start_us, long.length_us) == (20, 30)
    assert (long.after, long.before) == ("add", "softmax")
    assert long.during == "aten::nonzero"
    assert (short.start_us, short.length_us, short.during) == (10, 2, "aten::add")
    assert [gap.during for gap in idle_gaps(kernels, [step])] == ["step", "step"]
    assert idle_gaps(kernels, operations, most=1) == [long]


def test_that_of_operations_within_each_other_the_innermost_is_named() -> None:
    gap = Interval(10, 20)
    outer, inner = Interval(0, 30, "outer"), Interval(5, 25, "inner")
    assert operation_during(gap, [inner, outer]) == "inner"
    assert operation_during(gap, [outer, inner]) == "inner"
    assert operation_during(gap, [outer, Interval(12, 17, "part")]) == "part"
    assert operation_during(gap, [outer, Interval(12, 16, "less than half")]) == "outer"


def test_that_a_gap_mostly_outside_of_operations_is_pythons() -> None:
    gap = Interval(10, 20)
    assert operation_during(gap, [Interval(10, 14, "aten::mul")]) == PYTHON
    assert operation_during(gap, [Interval(10, 15, "aten::mul")]) == "aten::mul"
    assert operation_during(gap, []) == PYTHON


def test_that_kernels_of_several_streams_leave_no_gap_where_one_of_them_runs() -> None:
    long = Interval(0, 100, "long")
    kernels = [long, Interval(10, 20, "short"), Interval(30, 40, "short"), Interval(105, 110, "x")]
    (gap,) = idle_gaps(kernels, [])
    assert (gap.start_us, gap.length_us, gap.after, gap.before) == (100, 5, "long", "x")
    assert idle_gaps([], []) == []
    assert idle_gaps([long], []) == []
    assert idle_gaps([long, Interval(100, 120, "at once")], []) == []


def test_that_time_in_several_at_once_counts_once() -> None:
    intervals = [Interval(5, 8), Interval(0, 4), Interval(3, 6), Interval(10, 12)]
    assert merged(intervals) == [Interval(0, 8), Interval(10, 12)]
    assert busy_us(intervals) == 10
    assert busy_us([]) == 0
