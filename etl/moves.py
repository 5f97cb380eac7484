"""What hidden counts can change together, by one, so that all that is shown stays as it is: see `masking`.

A *node* is one of the counts that belong together, a *place* a commune with its counts at all nodes, a *block* the
places that do not move together because they share counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, reduce
from itertools import product
from operator import or_
from typing import Any

import numpy as np

_TAKE_PART = 3
"""So many communes take part in a move at most, the first and those that make up for it."""
_BITS = 32

Ints = np.ndarray[Any, np.dtype[np.int64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Arc = tuple[int, int]


def as_bits(nodes: Iterable[int]) -> int:
    """Return a set of nodes as one number, a bit for each."""
    return sum(1 << n for n in nodes)


@dataclass(frozen=True)
class Moves:
    """Every set of nodes that can move by one together, for each kind of place; and of which kind each place is."""

    of_kind: list[tuple[int, ...]]
    kind: Ints


def all_moves(free: Flags, ties: Flags, arcs: list[Arc]) -> Moves:
    """Return what can move at each place.

    `arcs[i]` is (node, other): where `ties[:, i]` hold, the other must move with the node.
    """
    kinds, kind = _kinds(np.hstack([free, ties]))
    split = free.shape[1]
    moves = [
        _moves(
            tuple(np.flatnonzero(k[:split]).tolist()), tuple(arc for arc, t in zip(arcs, k[split:], strict=True) if t)
        )
        for k in kinds
    ]
    return Moves(moves, kind)


def _kinds(rows: Flags) -> tuple[Flags, Ints]:
    """Return the different rows, and which of them each row is; comparing rows takes numpy ten times as long."""
    first, kind = np.zeros(0, np.int64), np.zeros(len(rows), np.int64)
    for n in range(0, rows.shape[1], _BITS):
        part = rows[:, n : n + _BITS]
        numbers = part @ (1 << np.arange(part.shape[1]))
        _, first, kind = np.unique(kind << _BITS | numbers, return_index=True, return_inverse=True)
    return rows[first], kind


@cache
def _moves(free: tuple[int, ...], arcs: tuple[Arc, ...]) -> tuple[int, ...]:
    found = {0}
    for node in free:
        together, before = {node}, set[int]()
        while together != before:
            before = set(together)
            together |= {other for moved, other in arcs if moved in before}
        if together <= set(free):
            found |= {move | as_bits(together) for move in found}
    return tuple(sorted(found - {0}, key=lambda move: (move.bit_count(), move)))


def movable(blocks: Ints, up: Moves, down: Moves, linked: int, nodes: int) -> Flags:
    """Tell which counts are in a move, up or down, that others make up for wherever the sum is shown."""
    moved = np.zeros((len(blocks), nodes), bool)
    bits = 1 << np.arange(nodes)
    for own, others in ((up, down), (down, up)):
        offers = _offers(blocks, others, linked)
        for kind, moves in enumerate(own.of_kind):
            places = np.flatnonzero(own.kind == kind)
            by_any = [m for m in moves if not m & linked or len(offers.get(m & linked, ())) > 1]
            moved[places] |= (reduce(or_, by_any, 0) & bits) > 0
            for move, place in product(set(moves).difference(by_any), places):
                if _made_up_for(move & linked, offers, (int(blocks[place]),)):
                    moved[place] |= (move & bits) > 0
    return moved


def _offers(blocks: Ints, moves: Moves, linked: int) -> dict[int, list[int]]:
    """Return the blocks that can move so, by what they move of the linked nodes."""
    offers: dict[int, list[int]] = {}
    # More are never asked, for lack of places in a move.
    most = _TAKE_PART + 1
    for kind, of_kind in enumerate(moves.of_kind):
        able = np.unique(blocks[moves.kind == kind])[:most].tolist()
        for move in of_kind:
            offered = offers.setdefault(move & linked, [])
            offered += [block for block in able if block not in offered][: most - len(offered)]
    return offers


def _made_up_for(need: int, offers: dict[int, list[int]], taken: tuple[int, ...]) -> bool:
    """Tell whether moves of other blocks are together what is needed."""
    if need == 0 or any(block not in taken for block in offers.get(need, ())):
        return True
    if len(taken) == _TAKE_PART:
        return False
    part = (need - 1) & need
    while part:
        for block in offers.get(part, ()):
            if block not in taken and _made_up_for(need ^ part, offers, (*taken, block)):
                return True
        part = (part - 1) & need
    return False
