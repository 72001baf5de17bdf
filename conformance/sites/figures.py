"""The arithmetic of the delay and rate clauses: success gate, floor, ratio; Wilson interval; rates with doubt. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

_TIMES = 10.0
_Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Degradation:
    """劣化: times in seconds. `ratio` is v6/v4 - 1 of the medians; `alike` when both are under the floor (视为趋同)."""

    v6: float
    v4: float
    mean_v6: float
    mean_v4: float
    n: int
    ratio: float
    alike: bool
    ok: bool

    @property
    def said(self) -> str:
        """The ratio as words: a percentage of many digits says no more than how many times."""
        return (
            f"{self.ratio:+.1%}"
            if self.ratio < _TIMES
            else f"IPv4 的 {self.v6 / self.v4:.0f} 倍"
            if self.v4
            else "无穷大"
        )

    def __str__(self) -> str:
        verdict = "均低于下限，视为趋同" if self.alike else f"劣化比 {self.said}"
        return f"IPv6 {self.v6 * 1000:.1f} ms，IPv4 {self.v4 * 1000:.1f} ms（中位数，n={self.n}），{verdict}"


def degradation(v6: Sequence[float], v4: Sequence[float], *, floor: float, limit: float) -> Degradation:
    """The rule of 《IPv6改造相关指标和测试方法说明》: where both are better than a threshold the ratio is not looked at.

    Medians decide, because one lost packet costs a second of retransmission and says nothing about a site; means are
    kept beside them. Needs at least one success in each family: the gate before this is the caller's.
    """
    a, b = median(v6), median(v4)
    ratio = (a - b) / b if b > 0 else math.inf if a > 0 else 0.0
    alike = a <= floor and b <= floor
    return Degradation(a, b, fmean(v6), fmean(v4), min(len(v6), len(v4)), ratio, alike, alike or ratio <= limit)


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927), for n ≥ 1."""
    share = successes / n
    centre = share + _Z**2 / (2 * n)
    spread = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + _Z**2 / n)), min(1.0, (centre + spread) / (1 + _Z**2 / n))


@dataclass(frozen=True, slots=True)
class Rate:
    """支持率 over `good + bad + unknown` links. Unknown ones were not visited; both ends of what they leave open."""

    good: int
    bad: int
    unknown: int = 0

    @property
    def total(self) -> int:
        return self.good + self.bad + self.unknown

    @property
    def least(self) -> float:
        return 100 * self.good / self.total if self.total else 0.0

    @property
    def most(self) -> float:
        return 100 * (self.good + self.unknown) / self.total if self.total else 0.0

    def verdict(self, floor: float) -> bool | None:
        """Whether the rate reaches `floor`; None when that hangs on the unknown ones."""
        if self.least >= floor:
            return True
        return False if self.most < floor else None

    def __str__(self) -> str:
        if self.unknown:
            return f"{self.least:.1f} % 至 {self.most:.1f} %（{self.good}/{self.total}，{self.unknown} 个未访问）"
        return f"{self.least:.1f} %（{self.good}/{self.total}）"
