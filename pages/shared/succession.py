"""Which commune an address means: it may name one from before or after the reform, when some codes were given anew."""

from dataclasses import dataclass

from etl.definitions import Definitions, Unit
from pages.shared.text import Text, plain


@dataclass(frozen=True)
class Meant:
    """What a code stands for: the unit that it was written for, if any, and the units in view that this comes to."""

    code: str
    unit: Unit | None
    units: tuple[Unit, ...]


def meaning(code: str, written_for: str | None, vintage: str, definitions: Definitions) -> Meant:
    """Return what a code means among the units of `vintage`.

    It is one of the vintage that it was written for; where that does not know it, of the one in view or of any other.
    """
    vintages = dict.fromkeys([written_for, vintage, *(v.name for v in reversed(definitions.vintages))])
    unit = next((definitions.units[v, code] for v in vintages if v and (v, code) in definitions.units), None)
    return Meant(code, unit, counterparts(unit, vintage, definitions) if unit else ())


def counterparts(unit: Unit, vintage: str, definitions: Definitions) -> tuple[Unit, ...]:
    """Return the units of `vintage` that a unit is, became part of or was made of."""
    became = definitions.code_in(unit.vintage, unit.code, vintage)
    if became is not None:
        return (definitions.units[vintage, became],)
    return tuple(
        part
        for part in definitions.units.values()
        if part.vintage == vintage and definitions.code_in(vintage, part.code, unit.vintage) == unit.code
    )


def meaning_words(meant: Meant, vintage: str, text: Text, definitions: Definitions) -> str | None:
    """Return what readers are to know who asked for a unit and see another one or none, None where they see it."""
    if meant.unit is None or not meant.units:
        return text("commune.unknown", code=plain(meant.code)) if meant.code else text("commune.choose_one")
    name, names = plain(meant.unit.name), [plain(unit.name) for unit in meant.units]
    if len(names) > 1:
        return text("commune.choose_part", name=name, parts=", ".join(names))
    if name == names[0]:
        return None
    became = definitions.code_in(meant.unit.vintage, meant.unit.code, vintage)
    return text("commune.was" if became is None else "commune.followed", name=name, other=names[0])
