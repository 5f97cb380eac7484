"""What the server tells its log: one JSON object a line on stderr, which journald or a container collects.

Only numbers and the program's own codes get in. What people sent, typed or are called does not: no e-mail address, no
file name, no cell, and no message of an exception or of a library, for it may quote any of these.
"""

import json
import logging
import re
import sys
import threading
import traceback
import warnings
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TextIO

_NAME = "child_dashboard"
_PROJECT = Path(__file__).parents[1]
_CODE = re.compile(r"[a-z0-9_.:+-]{1,64}")
_MOST_FRAMES = 20
_REMEMBERED = 20

# A command tells people what it does; only a server tells its log.
_log = logging.getLogger(_NAME)
_log.addHandler(logging.NullHandler())


class Fault(NamedTuple):
    """An exception that nobody expected: when (UTC), of which type, and the way to it through the own code."""

    at: datetime
    error: str
    place: str


_faults: deque[Fault] = deque(maxlen=_REMEMBERED)


def log_as_json() -> None:
    """Let every line that this process logs from now on be a JSON object, whichever library logs it."""
    logging.setLogRecordFactory(_JsonRecord)
    _log.setLevel(logging.INFO)
    _log.addHandler(logging.StreamHandler())
    _log.propagate = False
    warnings.showwarning = _warned
    sys.excepthook = lambda _, error, __: _log.critical("failed", exc_info=error)
    threading.excepthook = lambda hook: _log.error("failed", exc_info=hook.exc_value)


def last_faults() -> list[Fault]:
    """Return the last faults of this process, the newest first; none where it does not log as JSON."""
    return list(reversed(_faults))


def started(*, works: bool, seconds: float, versions: Mapping[str, str]) -> None:
    """Tell that the server answers from now on, and whether the dashboard's first run succeeded."""
    _tell("started", logging.INFO if works else logging.ERROR, works=works, seconds=seconds, **versions)


def stopped() -> None:
    """Tell that the server was asked to end, and does."""
    _tell("stopped")


def loaded(*, files: int, accepted: int, rejected: int, seconds: float) -> None:
    """Tell how many files were loaded, and what became of the reports in them."""
    _tell("loaded", files=files, accepted=accepted, rejected=rejected, seconds=seconds)


def decided(actions: Iterable[str]) -> None:
    """Tell how many decisions of each kind were taken."""
    for action, count in Counter(actions).items():
        _tell("decided", action=action, count=count)


def published(*, reports: int, decisions: int, seconds: float) -> None:
    """Tell what a published warehouse follows from; the sum is the number by which pages and papers name its state."""
    _tell("published", reports=reports, decisions=decisions, seconds=seconds)


def slow_query(*, question: str, seconds: float) -> None:
    """Tell which question the warehouse took long to answer."""
    _tell("slow_query", question=question, ms=round(1000 * seconds))


def refused_sign_in() -> None:
    """Tell that somebody was kept out: from elsewhere, or signed in without an account."""
    _tell("refused_sign_in", logging.WARNING)


def refused_right(*, role: str | None, right: str) -> None:
    """Tell that a role, or nobody known, asked for a right or a page that it does not have."""
    _tell("refused_right", logging.WARNING, role=role, right=right)


def _tell(event: str, level: int = logging.INFO, **fields: object) -> None:
    said = {name: _harmless(value) for name, value in fields.items()}
    # `logging` takes a lone mapping for the fields only where there is something in it.
    _log.log(level, event, *([said] if said else []))


def _harmless(value: object) -> object:
    """Return a number, or a code; anything else is people's and becomes a question mark."""
    if isinstance(value, float):
        return round(value, 3)
    if value is None or isinstance(value, int) or (isinstance(value, str) and _CODE.fullmatch(value)):
        return value
    return "?"


class _JsonRecord(logging.LogRecord):
    """A record whose message is the whole line, so that any handler that writes messages alone writes JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = datetime.fromtimestamp(self.created, UTC)
        line: dict[str, object] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": self.levelname.lower(),
            "event": self.msg if self.name == _NAME else "library",
        }
        if self.name != _NAME:
            # In the pinned versions the place says which message it was.
            line |= {"logger": self.name, "place": _place(self.pathname, self.lineno, self.funcName or "")}
        elif isinstance(self.args, Mapping):
            line |= self.args
        if self.exc_info and self.exc_info[1]:
            frames = _frames(self.exc_info[2])
            own = [f for f in frames if "site-packages" not in f]
            error = self.exc_info[0].__qualname__
            line |= {"event": "failed", "error": error, "frames": frames[-_MOST_FRAMES:]}
            _faults.append(Fault(at.replace(tzinfo=None), error, " › ".join(own)))
        self.msg, self.args = json.dumps(line), None
        self.exc_info = self.exc_text = self.stack_info = None


def _warned(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del message, file, line  # they may quote anything
    _log.warning("warned", {"error": category.__name__, "place": _place(filename, lineno, "")})


def _frames(trace: TracebackType | None) -> list[str]:
    return [_place(f.f_code.co_filename, line, f.f_code.co_name) for f, line in traceback.walk_tb(trace)]


def _place(file: str, line: int, function: str) -> str:
    """Return `file:line:function`; of the path what does not depend on where the program is installed."""
    path = Path(file).as_posix()
    _, installed, package = path.rpartition("site-packages/")
    if installed:
        path = installed + package
    elif path.startswith(_PROJECT.as_posix()):
        path = path.removeprefix(_PROJECT.as_posix() + "/")
    else:
        path = path.rpartition("/")[2]
    return f"{path}:{line}:{function}".removesuffix(":")
