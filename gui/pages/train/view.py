"""Which steps the plots show; pure arithmetic, so that wheel, mouse and keys do the same."""

from dataclasses import dataclass

# The view is extended by this much when the curves reach its end: moving it at every redraw would
# have all axes painted anew.
_AHEAD = 1.15
LEAST = 10.0
_EDGE = 1.01


@dataclass
class View:
    """A range of steps of the whole story.

    Attributes:
        low, high: What is in view.
        shows_all: From the first step to the newest, however many there are.
        follows: Zoomed in, the view goes along with the newest step.
        end: The newest step.
        planned: Steps of all stages that have begun.
    """

    low: float = 0.0
    high: float = LEAST
    shows_all: bool = True
    follows: bool = True
    end: float = 0.0
    planned: float = 0.0

    @property
    def width(self) -> float:
        """Steps in view."""
        return self.high - self.low

    @property
    def limit(self) -> float:
        """Nothing lies beyond that; a little more than there is, so that no dot is cut in half."""
        return max(self.end, self.planned, LEAST) * _EDGE

    def advance(self, end: float, planned: float) -> None:
        """The story has gone on, or is another one."""
        was_at_end = self.high >= self.end
        self.end, self.planned = end, planned
        if self.shows_all:
            most = max(end, LEAST)
            if self.low != 0.0 or not most <= self.high <= most * _AHEAD * 1.1:
                self.low, self.high = 0.0, min(most * _AHEAD, self.limit)
        elif self.follows and was_at_end and end > self.high:
            width = self.width
            self.high = min(end + width * (_AHEAD - 1), self.limit)
            self.low = self.high - width

    def show_all(self) -> None:
        """Show everything from now on."""
        self.shows_all, self.low, self.high = True, 0.0, 0.0
        self.advance(self.end, self.planned)

    def take(self, low: float, high: float) -> None:
        """Show a range that was asked for, as far as there is anything."""
        width = min(max(high - low, LEAST), self.limit)
        self.low = min(max(low, 0.0), self.limit - width)
        self.high = self.low + width
        self.shows_all = False

    def zoom(self, factor: float, around: float | None = None) -> None:
        """See `factor` times as much; `around` keeps its place (else the middle)."""
        around = (self.low + self.high) / 2 if around is None else around
        self.take(around - (around - self.low) * factor, around + (self.high - around) * factor)

    def shift(self, share: float) -> None:
        """Move on by a share of what is in view."""
        self.take(self.low + share * self.width, self.high + share * self.width)
