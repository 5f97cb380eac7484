"""Find a commune by a name that it has or had, with or without tone marks."""

from dataclasses import dataclass

from etl.definitions import Definitions, Unit
from etl.wording import bare_name, fold_name, has_marks, name_sort_key

MOST = 12


@dataclass(frozen=True)
class Found:
    """A unit, the name by which it was found, and the unit of the next vintage that it became part of."""

    unit: Unit
    name: str
    district: str | None
    successor: Unit | None


def find_units(words: str, definitions: Definitions) -> list[Found]:
    """Return the units of all vintages whose name, present or former, holds `words`; the best fits first.

    Words with marks must fit with their marks, words without fit any. At most `MOST` are returned.
    """
    wanted = bare_name(words)
    if not wanted:
        return []
    followed = {(v, c): definitions.units[to_v, to_c] for v, c, to_v, to_c in definitions.succession}
    names: list[tuple[Unit, str, str | None]] = [(u, u.name, u.district) for u in definitions.units.values()]
    names += [(definitions.units[n.vintage, n.code], n.name, n.district) for n in definitions.former_names]

    def rank(name: str) -> int | None:
        """Return how well a name fits, the lower the better; None where it does not."""
        if has_marks(words) and fold_name(words) not in fold_name(name):
            return None
        bare = bare_name(name)
        if wanted not in bare and wanted != bare_name(name.partition(" ")[2]):
            return None
        return 0 if bare == wanted else 1 if bare.startswith(wanted) else 2

    fits = [(r, Found(u, n, d, followed.get((u.vintage, u.code)))) for u, n, d in names if (r := rank(n)) is not None]
    fits.sort(key=lambda fit: (fit[0], fit[1].unit.vintage, name_sort_key(fit[1].name), fit[1].unit.code))
    found = {(f.unit.vintage, f.unit.code): f for _, f in reversed(fits)}
    return [f for _, f in fits if found[f.unit.vintage, f.unit.code] is f][:MOST]
