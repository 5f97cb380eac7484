"""How much may be sent at once, on the page and on the command line."""

from collections.abc import Sequence

from etl.archive import Incoming
from etl.definitions import Definitions
from etl.refusal import Refused


class TooMuch(Refused):
    """More than may be sent at once; nothing of it was received."""


def refuse_too_much(files: Sequence[Incoming], way: str, definitions: Definitions) -> None:
    """Raise TooMuch where so many files, or so large ones, cannot be sent on the `page` or the `command_line`."""
    most = definitions.form["sending"][way]
    if len(files) > most["files"]:
        raise TooMuch(definitions, "sending_too_many_files", len(files), limit=most["files"])
    size = sum(f.size for f in files)
    if size > most["bytes"]:
        raise TooMuch(definitions, "sending_too_many_bytes", round(size / 1e6), limit=round(most["bytes"] / 1e6))
