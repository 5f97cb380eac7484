"""Which counts of children who need protection can be shown so that none from 1 to 4 can be found out.

What a reader is taken to know: everything that is shown, that parts add up to their sums, that girls are some of all,
that a part of what is counted is no more than the whole (6.9 <= 6.8 <= 6.7), a half-year no more than its year, and
that what is masked is 1 to 4.

Counts are hidden where they are small. A sum is shown only where there is a proof for each small count that it could
be another one: a *move*, one child more in some of a commune's hidden counts and one less in the same counts of others,
after which everything shown and every rule is as before. Where there is none more is hidden: counts of other communes,
in the end the sum.
"""

from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from math import ceil
from typing import Any

import numpy as np

from etl.moves import Arc, Flags, Ints, all_moves, as_bits, movable

MOST = 4
"""Counts from 1 to this are masked."""
ROOM = 2
"""How far the sum of hidden counts lies from the least and from the most that it could be.

One more than doubt needs: else a sum that is masked would tell that each count in it is 1.
"""
NOT_REPORTED = -1
_NO_LIMIT = 1 << 40


@dataclass(frozen=True)
class Structure:
    """What does not depend on the counts. Measures, periods and reporting units are known by their numbers.

    `wholes[m]` are the measures that m is a part of. `bounded[m]` is the public measure that m is bounded by: such a
    measure is shown for the whole province alone. `successor[vintage][u]` is the unit of that vintage that u lies in.
    """

    measures: tuple[str, ...]
    cumulative: tuple[bool, ...]
    wholes: tuple[frozenset[int], ...]
    bounded: dict[int, str]
    periods: tuple[str, ...]
    years: tuple[int, ...]
    vintages: tuple[str, ...]
    successor: dict[str, dict[int, int]]

    def families(self) -> list[list[int]]:
        """Return the measures that are parts of each other, wholes first."""
        found: list[set[int]] = []
        for m in set(range(len(self.measures))) - set(self.bounded):
            own = {m, *self.wholes[m]}
            joined = [f for f in found if f & own]
            found = [f for f in found if f not in joined] + [own.union(*joined)]
        return [sorted(f, key=lambda m: (len(self.wholes[m]), m)) for f in found]


@dataclass(frozen=True)
class Counts:
    """What was reported, by measure, period and unit; `limits` of the public measures by period and unit.

    `reports` names the report that a unit's counts of a period are from, '' where there is none.
    """

    totals: Ints
    girls: Ints
    limits: dict[str, Ints]
    expected: Flags
    reports: np.ndarray[Any, Any]


@dataclass
class Masks:
    """What of it is `hidden`, and which sums of the whole province are `shown`."""

    hidden: Flags
    hidden_girls: Flags
    shown: Flags
    shown_girls: Flags


def mask(structure: Structure, counts: Counts) -> Masks:
    """Return what must be hidden, and what can be shown."""
    totals, girls = counts.totals, counts.girls
    nothing = np.zeros(totals.shape[:2], bool)
    # No girls where there is no child follows; else girls are shown for the whole province alone.
    masks = Masks(_small(totals), (girls >= 0) & (totals != 0), nothing, nothing.copy())
    for m in structure.bounded:
        masks.hidden[m] = totals[m] >= 0
    for limit, p in product(counts.limits, range(len(structure.periods))):
        _mask_groups(structure, counts, masks, limit, p)
    for measures, year in product(structure.families(), sorted(set(structure.years))):
        _Family(structure, counts, masks, measures, year).mask()
    # To show of a masked total that no girl is in it would say that it is zero, or that all are boys.
    masks.hidden_girls |= (girls >= 0) & masks.hidden
    return masks


def mask_approved(structure: Structure, everything: tuple[Counts, Masks], approved: Counts) -> Masks:
    """Return what must be hidden of the approved reports, which can be seen beside all: neither may tell of the other.

    What is hidden of all reports is hidden here too, and so is what was approved in a report that another has replaced
    since. A sum is shown where it is of the same reports, or the others hide nothing: what two sums differ by is as
    good as a sum of its own.
    """
    counts, masks = everything
    other = counts.reports != approved.reports
    hidden = (masks.hidden & (approved.totals >= 0)) | (other & (approved.totals > 0))
    for m in structure.bounded:
        hidden[m] = approved.totals[m] >= 0
    hidden_girls = (approved.girls >= 0) & ((approved.totals != 0) | hidden | masks.hidden_girls)
    shown, shown_girls = (
        was_shown & ~(other & (now | before)).any(axis=2) & ~_small(_sums(values))
        for was_shown, now, before, values in (
            (masks.shown, hidden, masks.hidden, approved.totals),
            (masks.shown_girls, hidden_girls, masks.hidden_girls, approved.girls),
        )
    )
    return Masks(hidden, hidden_girls, shown, shown & shown_girls)


def zeros_to_hide(small: int) -> tuple[int, int]:
    """Return how many zeros are hidden at least and at most beside so many small counts."""
    least = max(ROOM, ceil(small / 4))
    return least, least + ceil(small / 3)


def _small(values: Ints) -> Flags:
    return (values >= 1) & (values <= MOST)


def _sums(values: Ints) -> Ints:
    sums: Ints = np.maximum(values, 0).sum(axis=-1)
    return sums


# Groups that a public figure of the same commune bounds -----------------------------------------------------


def _mask_groups(structure: Structure, counts: Counts, masks: Masks, limit: str, p: int) -> None:
    """Show the groups' sums where neither they nor the public figure tell of any commune.

    Of communes everything is hidden, zeros too, because the public figure is no less than the largest group. The move
    here is an exchange: a child of commune c and group g is in group h instead, one of d and h in g.
    """
    groups = [m for m, by in structure.bounded.items() if by == limit]
    values, most = counts.totals[groups, p].T, counts.limits[limit][p]
    reported = values >= 0
    sums = _sums(values.T)
    shown = reported.any(axis=0) & ~_small(sums)
    public = int(most[reported.all(axis=1) & (most >= 0)].sum())
    while not _groups_in_doubt(sums, reported.any(axis=0) & ~shown, public - int(sums[shown].sum())):
        next_one = min(np.flatnonzero(shown & (sums > 0)), key=lambda g: sums[g], default=None)
        if next_one is None:
            shown[:] = False
            break
        shown[next_one] = False
    if not _can_be_exchanged(values, most):
        shown[:] = False
    masks.shown[groups, p] = shown


def _groups_in_doubt(sums: Ints, hidden: Flags, left: int) -> bool:
    """Tell whether hidden sums are in doubt that are `left` at least, and just that where no child is in two groups."""
    small, large = int((hidden & _small(sums)).sum()), int((hidden & (sums > MOST)).sum())
    if not small or left < small:
        return True
    if large:
        return left >= small + (MOST + 1) * large + ROOM
    return small > 1 and small + ROOM <= left <= MOST * small - ROOM


def _can_be_exchanged(values: Ints, most: Ints) -> bool:
    """Tell whether for each small count there is an exchange after which every public figure still holds."""
    has_room = ((values >= 0) & (values < np.where(most >= 0, most, _NO_LIMIT)[:, None])).astype(np.int64)
    has_some = (values > 0).astype(np.int64)
    from_other_groups = has_some.T @ has_room
    np.fill_diagonal(from_other_groups, 0)
    partners = has_room @ from_other_groups
    with_itself = ((has_room * has_some).sum(axis=1)[:, None] - has_room * has_some) * has_room
    return bool((partners > with_itself)[_small(values)].all())


# Counts that are parts of each other ------------------------------------------------------------------------


class _Family:
    """The measures of one family in one year: what is hidden of them, and the proofs that it stays so.

    A *node* is a measure in a period, by its bit in moves. A *place* is a commune with its counts at all nodes. In the
    year of the reform each old commune with the unit that it went into is a place; places of one unit, the *block*, do
    not move together, because they share its counts.
    """

    def __init__(self, structure: Structure, counts: Counts, masks: Masks, measures: list[int], year: int) -> None:
        self.counts, self.masks = counts, masks
        periods = [p for p, y in enumerate(structure.years) if y == year]
        last = structure.vintages[periods[-1]]
        self.nodes = [(m, p) for m in measures for p in periods]
        # (whole, part): by what is counted, by time, or both. Periods are in the order of time.
        self.pairs = [
            (a, b)
            for (a, (m, p)), (b, (n, q)) in product(enumerate(self.nodes), repeat=2)
            if a != b
            and (m == n or m in structure.wholes[n])
            and (p == q or (p > q and structure.cumulative[m] and structure.cumulative[n]))
        ]
        self.is_old = np.array([structure.vintages[p] != last for _, p in self.nodes])
        old, new = (
            np.flatnonzero(
                counts.expected[[p for p in periods if (structure.vintages[p] != last) == is_old]].any(axis=0)
            )
            for is_old in (True, False)
        )
        parts = [(int(u), structure.successor[last][int(u)]) for u in old]
        whole = set(map(int, new)) - {block for _, block in parts}
        places = parts + [(u, u) for u in sorted(whole)]
        self.blocks = np.array([block for _, block in places], dtype=np.int64)
        self.unit = np.where(
            self.is_old, np.array([part for part, _ in places], dtype=np.int64)[:, None], self.blocks[:, None]
        )
        self.is_first = np.zeros(self.unit.shape, bool)
        for n in range(len(self.nodes)):
            self.is_first[np.unique(self.unit[:, n], return_index=True)[1], n] = True
        _, self.block_number = np.unique(self.blocks, return_inverse=True)
        self.m, self.p = (np.array(c) for c in zip(*self.nodes, strict=True))
        self.values: Ints = counts.totals[self.m, self.p, self.unit]
        self.zeros_hidden: set[int] = set()

    def mask(self) -> None:
        """Hide what must be hidden, and show the sums that can be shown."""
        totals = self.counts.totals[self.m, self.p]
        linked = {int(n) for n in np.flatnonzero((totals >= 0).any(axis=1) & ~_small(_sums(totals)))}
        self._hide_years_that_bind()
        while (found_out := self._found_out(linked)) is not None:
            if found_out in linked and (self._hide_smallest(found_out) or self._hide_zeros(found_out)):
                self._hide_years_that_bind()
            elif linked:
                linked.discard(found_out if found_out in linked else max(linked))
            else:
                self.masks.hidden[self.m, self.p] = totals >= 0
                break
        for n in linked:
            self.masks.shown[self.nodes[n]] = True
        self._show_girls(linked)

    # What is hidden

    @property
    def _hidden(self) -> Flags:
        hidden: Flags = self.masks.hidden[self.m, self.p, self.unit]
        return hidden

    def _of_block(self, values: Ints) -> Ints:
        """Return for each place the sum over the places of its block."""
        sums = np.zeros(self.block_number.max(initial=-1) + 1, dtype=np.int64)
        np.add.at(sums, self.block_number, values)
        return sums[self.block_number]

    def _most_if_small(self) -> Ints:
        """Return what each count is at most where it is hidden, unless it covers others.

        That of a new unit in the year of the reform is at most what its communes' half-years could be, see below.
        """
        limits = np.full(self.values.shape, MOST, dtype=np.int64)
        known = np.maximum(self.values, 0)
        could_be = np.where(self._hidden, np.where(known > MOST, _NO_LIMIT, MOST), known)
        for a in np.flatnonzero(~self.is_old & self.is_old.any()):
            if parts := [b for whole, b in self.pairs if whole == a and self.is_old[b]]:
                limits[:, a] = np.maximum(MOST, self._of_block(could_be[:, parts].max(axis=1)))
        return limits

    def _hide_years_that_bind(self) -> None:
        """Hide a new unit's year where it could limit its old communes' hidden half-years.

        Whatever it is: so that it is hidden says of it no more than what those could be at most.
        """
        hidden, limits = self._hidden, self._most_if_small()
        for a, b in self.pairs:
            if self.is_old[b] and not self.is_old[a]:
                binds = (self.values[:, a] > 0) & (self.values[:, a] <= limits[:, a])
                binds &= self._of_block(hidden[:, b].astype(np.int64)) > 0
                self.masks.hidden[*self.nodes[a], self.unit[binds, a]] = True

    def _hide_smallest(self, n: int) -> bool:
        """Hide the smallest count that is not masked for its own sake; tell whether there was one."""
        m, p = self.nodes[n]
        values = self.counts.totals[m, p]
        others = np.flatnonzero((values > MOST) & ~self.masks.hidden[m, p])
        if len(others):
            self.masks.hidden[m, p, min(others, key=lambda u: (values[u], u))] = True
        return bool(len(others))

    def _hide_zeros(self, n: int) -> bool:
        """Hide zeros among small counts that nothing else can cover, so that each of these could be one too.

        Not where a whole of which it is a part is shown to be zero. Which ones and how many nobody can tell who has not
        seen the reports, and they are the same in every rebuild.
        """
        m, p = self.nodes[n]
        hidden = self._hidden
        possible = (self.values[:, n] == 0) & ~hidden[:, n]
        for a in (a for a, b in self.pairs if b == n):
            possible &= (self.values[:, a] != 0) | hidden[:, a]
        units = {int(u) for u in self.unit[possible, n]}
        if n in self.zeros_hidden or len(units) < ROOM:
            return False
        reports = self.counts.reports[p]
        chance = {u: sha256(f"{reports[u]} {m} {u}".encode()).digest() for u in units}
        least, most = zeros_to_hide(int(_small(self.counts.totals[m, p]).sum()))
        wanted = least + int.from_bytes(max(chance.values())[-4:], "big") % (most - least + 1)
        self.masks.hidden[m, p, sorted(units, key=chance.__getitem__)[:wanted]] = True
        self.zeros_hidden.add(n)
        return True

    # What proves that it stays hidden

    def _bounds(self) -> tuple[Ints, Ints]:
        """Return the least and the most that each hidden count is known to be by being hidden."""
        limits = self._most_if_small()
        zero_possible = np.array([n in self.zeros_hidden for n in range(len(self.nodes))])
        covers = self.values > limits
        return np.where(covers, MOST + 1, np.where(zero_possible, 0, 1)), np.where(covers, _NO_LIMIT, limits)

    def _found_out(self, linked: set[int]) -> int | None:
        """Return a node at which something could be found out were the sums of `linked` shown."""
        hidden = self._hidden
        least, most = self._bounds()
        for n in sorted(linked):
            own = hidden[:, n] & self.is_first[:, n]
            value = self.values[own, n].sum()
            room = min(value - least[own, n].sum(), most[own, n].sum() - value)
            if own.any() and (own.sum() < 2 or room < ROOM):
                return n
        ties = self._ties(self.values)
        up = all_moves(hidden & (self.values < most), ties, self.rising)
        down = all_moves(hidden & (self.values > least) & ~self._overdrawn(self.values), ties, self.falling)
        moved = movable(self.blocks, up, down, as_bits(linked), len(self.nodes))
        fixed = (hidden & _small(self.values) & ~moved).any(axis=0)
        return int(np.flatnonzero(fixed)[0]) if fixed.any() else None

    def _ties(self, values: Ints) -> Flags:
        """Tell for each place and pair whether the part is as much as the whole, so that neither moves alone."""
        ties = np.zeros((len(self.blocks), len(self.pairs)), bool)
        for i, (a, b) in enumerate(self.pairs):
            apart = self.is_old[b] and not self.is_old[a]
            part, known = values[:, b], values[:, b] >= 0
            if apart:
                part, known = self._of_block(np.maximum(part, 0)), self._of_block(known.astype(np.int64)) > 0
                # Where the half-years are more than their year, some of them may be just as much.
                ties[:, i] = known & (values[:, a] >= 0) & (values[:, a] <= part)
            else:
                ties[:, i] = known & (values[:, a] >= 0) & (values[:, a] == part)
        return ties

    def _overdrawn(self, values: Ints) -> Flags:
        """Tell which years of new units are less than their communes' half-years together, so that they cannot fall."""
        overdrawn = np.zeros(values.shape, bool)
        for a, b in self.pairs:
            if self.is_old[b] and not self.is_old[a]:
                overdrawn[:, a] |= self._of_block(np.maximum(values[:, b], 0)) > values[:, a]
        return overdrawn

    @property
    def rising(self) -> list[Arc]:
        """Return which node must rise with which other where they are tied: the whole with its part."""
        return [(b, a) for a, b in self.pairs]

    @property
    def falling(self) -> list[Arc]:
        return list(self.pairs)

    # Girls

    def _show_girls(self, linked: set[int]) -> None:
        """Show the province's sums of girls where that tells of no commune, nor of its boys."""
        girls = self.counts.girls[self.m, self.p, self.unit]
        boys = np.where((girls >= 0) & (self.values >= 0), self.values - girls, NOT_REPORTED)
        possible = []
        for n in sorted(linked):
            sums = [int(_sums(np.where(self.is_first[:, n], v[:, n], 0))) for v in (girls, boys)]
            without_total = ((girls[:, n] >= 0) & (self.values[:, n] < 0)).any()
            if (girls[:, n] >= 0).any() and not without_total and not any(1 <= s <= MOST for s in sums):
                possible.append(n)
        while possible and not self._girls_in_doubt(girls, boys, linked, possible):
            possible.pop()
        for n in possible:
            self.masks.shown_girls[self.nodes[n]] = True

    def _girls_in_doubt(self, girls: Ints, boys: Ints, linked: set[int], shown: list[int]) -> bool:
        """Tell whether there are moves of girls, of boys, and of a girl for a boy, for every small count of either."""
        hidden, shape = self._hidden, len(self.nodes)
        least, most = self._bounds()
        ties, girl_ties, boy_ties = (self._ties(v) for v in (self.values, girls, boys))
        rises, falls = hidden & (self.values < most), hidden & (self.values > least)
        moved = {}
        for who, counted, own_ties in (("girls", girls, girl_ties), ("boys", boys, boy_ties)):
            # A commune that reported no girls moves children as others move boys: the sum of girls stays.
            free = np.ones(hidden.shape, bool) if who == "boys" else counted >= 0
            takes = free & ((counted > 0) | (counted < 0))
            either = ties | own_ties
            up = all_moves(rises & free, either, self.rising)
            falls_of = falls & takes & ~self._overdrawn(self.values) & ~self._overdrawn(counted)
            down = all_moves(falls_of, either, self.falling)
            moved[who] = movable(self.blocks, up, down, as_bits(linked), shape)
        both = np.hstack([girl_ties, boy_ties])
        to_girl = all_moves((girls >= 0) & (boys > 0) & ~self._overdrawn(boys), both, self.rising + self.falling)
        to_boy = all_moves((girls > 0) & (boys >= 0) & ~self._overdrawn(girls), both, self.falling + self.rising)
        changed = movable(self.blocks, to_girl, to_boy, as_bits(shown), shape)
        in_doubt = (
            (~(hidden & _small(self.values)) | moved["girls"] | moved["boys"])
            & (~_small(girls) | moved["girls"] | changed)
            & (~_small(boys) | moved["boys"] | changed)
        )
        return bool(in_doubt.all())
