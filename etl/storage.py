"""What a disk, a share or its permissions refuse, in words: what happened, where, what to do, that nothing was lost."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from etl.definitions import load
from etl.refusal import Refused

_CODES = {
    "storage_full": (errno.ENOSPC, errno.EDQUOT),
    "storage_file_too_large": (errno.EFBIG,),
    "storage_read_only": (errno.EROFS,),
    "storage_forbidden": (errno.EACCES, errno.EPERM),
    "storage_gone": (
        *(errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.EIO),
        *(errno.ESTALE, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN, errno.EHOSTUNREACH),
    ),
}
_RULES = {code: rule for rule, codes in _CODES.items() for code in codes}
_WORDS = {os.strerror(code): rule for code, rule in _RULES.items()}
"""DuckDB passes on what the system says, never its number."""


class StorageFault(Refused):
    """The disk, the share or the memory did not do what was asked; nothing that was kept before is lost."""


@contextmanager
def in_words(folder: Path) -> Iterator[None]:
    """Raise a `StorageFault` for what storage refuses within the block; it names `folder` where the system names none.

    What comes with words of its own, or is no fault of storage, goes on as it is.
    """
    try:
        yield
    except (OSError, MemoryError, duckdb.Error) as error:
        fault = fault_of(error, folder)
        if fault is None:
            raise
        raise fault from error


def fault_of(error: Exception, folder: Path) -> StorageFault | None:
    """Return in words what storage refused, or None where it is not to blame."""
    if isinstance(error, MemoryError | duckdb.OutOfMemoryException):
        return StorageFault(load(), "memory_short", path=folder)
    if isinstance(error, OSError):
        if error.errno is None or isinstance(error, BrokenPipeError):
            return None
        path = error.filename if isinstance(error.filename, str | Path) else folder
        return StorageFault(load(), _RULES.get(error.errno, "storage_failed"), path=path, detail=error.strerror)
    words = next((words for words in _WORDS if words in str(error)), None)
    if words is None and not isinstance(error, duckdb.IOException):
        return None
    rule = _WORDS[words] if words else "storage_failed" if folder.is_dir() else "storage_gone"
    return StorageFault(load(), rule, path=folder, detail=words or error)
