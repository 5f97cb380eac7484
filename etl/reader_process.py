"""The process that reads files that others sent: definitions first, then one file after the other, each answered."""

import gc
import os
import pickle
import sys
import traceback
from typing import IO

from etl.definitions import Definitions
from etl.limited import limit_memory, limit_time
from etl.read import read_report
from etl.report import Report

_LENGTH_BYTES = 8


def send(stream: IO[bytes], content: bytes) -> None:
    """Write bytes so that `receive` knows where they end."""
    stream.write(len(content).to_bytes(_LENGTH_BYTES, "big") + content)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Return the next bytes that were sent, None where no more come."""
    length = stream.read(_LENGTH_BYTES)
    return stream.read(int.from_bytes(length, "big")) if length else None


def _answer(content: bytes, definitions: Definitions) -> list[Report] | str:
    """Return the reports in a file, or where in the program what went wrong; not what is in the file."""
    try:
        return read_report(content, definitions)
    except MemoryError:
        sys.exit(1)
    except Exception as error:
        frames = "".join(traceback.format_tb(error.__traceback__))
        return f"{type(error).__name__}\n{frames}"


def _serve() -> None:
    given, taken = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Whatever a library prints is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    definitions: Definitions = pickle.loads(receive(given) or b"")  # noqa: S301  from the program itself  # nosec B301
    # They stay to the end: to look for cycles in them after every few files would be in vain.
    gc.freeze()
    limits = definitions.form["limits"]
    limit_memory(limits)
    while (content := receive(given)) is not None:
        limit_time(limits)
        send(taken, pickle.dumps(_answer(content, definitions)))


if __name__ == "__main__":
    _serve()
