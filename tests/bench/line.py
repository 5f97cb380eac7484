"""What a measurement found, as a line of the table in `docs/measured.md`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median


@dataclass(frozen=True)
class Line:
    """Several measurements of one thing, each in `unit`, beside those of a yardstick in the same run.

    `goal` is in words; `reached` None where the line has none.
    """

    what: str
    values: Sequence[float]
    unit: str
    yardstick: str = ""
    beside: Sequence[float] = ()
    goal: str = ""
    reached: bool | None = None

    @property
    def middle(self) -> float:
        """The median of the measurements."""
        return median(self.values)

    @property
    def middle_beside(self) -> float:
        """The median of the yardstick."""
        return median(self.beside)

    def cells(self) -> list[str]:
        """Return what the table says, column by column."""
        measured = f"{written(self.middle)} {self.unit}"
        if len(self.values) > 1:
            measured += f" ({written(min(self.values))}-{written(max(self.values))})"
        beside = f"{self.yardstick}: {written(self.middle_beside)} {self.unit}" if self.beside else ""
        ratio = f"{written(self.middle / self.middle_beside)}" if self.beside and self.middle_beside else ""
        return [self.what, measured, beside, ratio, self.goal, {None: "", True: "yes", False: "**no**"}[self.reached]]


def against(
    what: str, values: Sequence[float], unit: str, yardstick: str, beside: Sequence[float], *, at_most: float
) -> Line:
    """Return a line whose goal is to be at most so many times its yardstick."""
    reached = median(values) <= at_most * median(beside)
    return Line(what, values, unit, yardstick, beside, f"at most {at_most:g} times that", reached)


def below(what: str, values: Sequence[float], unit: str, limit: float) -> Line:
    """Return a line whose goal is to stay below a limit."""
    return Line(what, values, unit, goal=f"under {limit:g} {unit}", reached=median(values) < limit)


def written(number: float) -> str:
    """Return a number with three digits that say something."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Return how long each run of some work took, after one that warms up."""
    work()
    found = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return found


def work_seconds(work: Callable[[], object]) -> float:
    """Return the processor time that some work took, in this process and in those that it started and saw end."""
    before = _used()
    work()
    return _used() - before


def _used() -> float:
    return sum(u.ru_utime + u.ru_stime for u in (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)))
