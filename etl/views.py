"""Views that analysts keep for each other: a name and the address of a page, in a journal of their own.

A line for every view, and one that takes it off the list; nothing is ever removed from the file.
"""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from etl.definitions import Definitions
from etl.home import lock
from etl.journal import append_to_journal, read_journal
from etl.refusal import Refused

MOST_NAME = 80
MOST_ADDRESS = 4000


class ViewRefused(Refused):
    """A view cannot be kept so."""


@dataclass(frozen=True)
class SavedView:
    """What is looked at under a name: `address` is the query of the page's address, without `?`."""

    name: str
    address: str
    view_id: str = ""
    kept_at: datetime | None = None
    removed: bool = False


def views_path(home: Path) -> Path:
    """Return the journal of views, which must be backed up as the archive is."""
    return home / "views.jsonl"


def saved_views(home: Path) -> list[SavedView]:
    """Return the views that are on the list, the newest first."""
    last = {view.view_id: view for view in _lines(home)}
    listed = [view for view in last.values() if not view.removed]
    return sorted(listed, key=lambda view: view.kept_at or datetime.min, reverse=True)


def save_view(home: Path, name: str, address: str, definitions: Definitions) -> SavedView:
    """Keep a view durably and return it; one of the same name takes the place of the one before.

    Raises `ViewRefused` where it has no name, a long one or one with personal data, and `Busy`.
    """
    name = " ".join(name.split())
    if not name:
        raise ViewRefused(definitions, "view_without_name")
    if len(name) > MOST_NAME:
        raise ViewRefused(definitions, "words_too_long", limit=MOST_NAME)
    if len(address) > MOST_ADDRESS:
        raise ViewRefused(definitions, "view_address_too_long", limit=MOST_ADDRESS)
    ViewRefused.unless_fit(definitions, name)
    with lock(home / "views.lock"):
        lines = _lines(home)
        same = next((view.view_id for view in lines if view.name == name), None)
        number = 1 + max((int(view.view_id) for view in lines), default=0)
        kept = SavedView(name, address, same or str(number), datetime.now(UTC).replace(tzinfo=None))
        append_to_journal(views_path(home), [asdict(kept)])
    return kept


def remove_view(home: Path, view_id: str) -> None:
    """Take a view off the list; nothing happens where it is not on it. Raises `Busy`."""
    with lock(home / "views.lock"):
        standing = next((view for view in saved_views(home) if view.view_id == view_id), None)
        if standing is not None:
            gone = replace(standing, removed=True, kept_at=datetime.now(UTC).replace(tzinfo=None))
            append_to_journal(views_path(home), [asdict(gone)])


def _lines(home: Path) -> list[SavedView]:
    return [
        SavedView(**entry | {"kept_at": datetime.fromisoformat(entry["kept_at"])})
        for entry in read_journal(views_path(home))
    ]
