"""Who may see and do what: roles are data (`data/roles.toml`), accounts are a file of the installation.

`accounts.toml` in the program's folder gives a role to whoever the OpenID provider vouches for:

    [[account]]
    email = "phong.tre.em@example.gov.vn"
    role = "data_officer"
    office = "Phòng Bảo trợ trẻ em"

    [[account]]
    claim = "groups"
    value = "ubnd-xa-26011"
    role = "commune_officer"
    unit = "26011"
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from etl.definitions import DATA, DefinitionError, Definitions, load

RIGHTS = frozenset({"send", "decide", "record", "keep_views", "small_counts"})
_ROLE_KEYS = {"name_vi", "name_en", "like", "own_unit", "pages", "rights"}
_ACCOUNT_KEYS = {"email", "claim", "value", "role", "office", "unit"}


@dataclass(frozen=True)
class Role:
    """What an account of this role sees and may do; one of its own unit sees no other."""

    role: str
    name_vi: str
    name_en: str
    pages: frozenset[str]
    rights: frozenset[str]
    own_unit: bool


@dataclass(frozen=True)
class Account:
    """A role, the office in whose name the account acts, and the unit of the newest vintage that it is bound to."""

    role: Role
    office: str | None = None
    unit: str | None = None

    def owns(self, definitions: Definitions, vintage: str, code: str) -> bool:
        """Tell whether a unit is within the account's reach: any, or its own one and what became part of that."""
        newest = definitions.vintages[-1].name
        return not self.role.own_unit or self.unit == (
            code if vintage == newest else definitions.code_in(vintage, code, newest)
        )


def accounts_path(home: Path) -> Path:
    """Return the file that gives people their roles; it holds e-mail addresses and is in no backup."""
    return home / "accounts.toml"


@cache
def roles(folder: Path = DATA) -> dict[str, Role]:
    """Return the roles by their names; raise `DefinitionError` naming every contradiction."""
    with (folder / "roles.toml").open("rb") as file:
        entries: dict[str, dict[str, Any]] = tomllib.load(file)
    if found := list(_role_contradictions(entries)):
        raise DefinitionError("\n".join(found))

    def all_of(entry: Mapping[str, Any], key: str) -> frozenset[str]:
        more = all_of(entries[entry["like"]], key) if "like" in entry else frozenset()
        return more | frozenset(entry.get(key, ()))

    return {
        name: Role(
            name, e["name_vi"], e["name_en"], all_of(e, "pages"), all_of(e, "rights"), bool(e.get("own_unit", False))
        )
        for name, e in entries.items()
    }


def account_of(claims: Mapping[str, object], home: Path) -> Account | None:
    """Return the first account that the claims of a signed-in reader fit, None where there is none.

    An e-mail address counts unless the provider says that it did not verify it. The file is read anew each time, so
    that a role that is taken away is gone at the next click. Raises `DefinitionError` where the file contradicts
    itself: then nobody has an account.
    """
    for entry in _entries(home):
        claim, value = _asked(entry)
        if claim == "email" and claims.get("email_verified", True) not in (True, "true"):
            continue
        held = claims.get(claim)
        if value in {_plain(v) for v in (held if isinstance(held, list) else [held]) if isinstance(v, str)}:
            return Account(roles()[entry["role"]], entry.get("office"), entry.get("unit"))
    return None


def account_contradictions(home: Path) -> list[str]:
    """Return what is wrong with the roles and the accounts' file, nothing where it is right or not there."""
    try:
        roles()
        _entries(home)
    except DefinitionError as error:
        return str(error).splitlines()
    return []


def _entries(home: Path) -> list[dict[str, Any]]:
    path = accounts_path(home)
    try:
        return _checked(path.read_text(encoding="utf-8-sig"), path.name)
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path.name}: {error}") from error


@lru_cache(maxsize=1)
def _checked(text: str, name: str) -> list[dict[str, Any]]:
    """Return the entries of a file, which is read many times for each page and changes a few times a year."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{name}: {error}") from error
    entries = read.get("account", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise DefinitionError(f"{name}: accounts are written as [[account]]")
    found = [f"{name}: unknown table {table}" for table in sorted(read.keys() - {"account"})]
    found += [f"{name}, account {n}: {c}" for n, e in enumerate(entries, start=1) for c in _contradictions(e)]
    asked = Counter(_asked(e) for e in entries if "email" in e or "value" in e)
    # Whose address it is stays in the file: messages are shown and logged.
    found += [f"{name}: {n} accounts ask for the same {claim}" for (claim, _), n in asked.items() if n > 1]
    if found:
        raise DefinitionError("\n".join(found))
    return entries


def _asked(entry: Mapping[str, Any]) -> tuple[str, str]:
    if "email" in entry:
        return "email", _plain(str(entry["email"]))
    return str(entry.get("claim")), _plain(str(entry.get("value")))


def _plain(value: str) -> str:
    return value.strip().casefold()


def _contradictions(entry: Mapping[str, Any]) -> Iterable[str]:
    yield from (f"unknown key {key}" for key in sorted(entry.keys() - _ACCOUNT_KEYS))
    yield from (f"{k} is no text" for k, v in sorted(entry.items()) if not isinstance(v, str) or not v.strip())
    if ("email" in entry) == ("claim" in entry) or ("claim" in entry) != ("value" in entry):
        yield "say either email, or claim and value"
    role = roles().get(str(entry.get("role")))
    if role is None:
        yield f"there is no role {entry.get('role')}; roles are {', '.join(roles())}"
        return
    if role.own_unit != ("unit" in entry):
        yield f"{role.role} needs a unit" if role.own_unit else f"{role.role} is bound to no unit"
    newest = load().vintages[-1].name
    if "unit" in entry and (newest, entry["unit"]) not in load().units:
        yield f"there is no unit {entry['unit']} among those of {newest}"


def _role_contradictions(entries: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    for name, entry in entries.items():
        where = f"roles.toml: {name}"
        yield from (f"{where}: unknown key {key}" for key in sorted(entry.keys() - _ROLE_KEYS))
        yield from (f"{where}: {key} is missing" for key in ("name_vi", "name_en", "pages") if key not in entry)
        yield from (f"{where}: unknown right {right}" for right in sorted(set(entry.get("rights", ())) - RIGHTS))
        if (other := entry.get("like")) is not None and "like" in entries.get(other, {"like": ""}):
            yield f"{where}: like {other}, which is no role or itself like another"
