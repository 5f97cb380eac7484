"""The public outlines: which files they are, and how these come over the network, whole or not at all."""

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import file_digest
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from etl.definitions import DATA, DefinitionError
from etl.report import ProblemList

_TIMEOUT_SECONDS = 30
_CHUNK_BYTES = 1 << 16
_OTHER_PLACE = "CHILD_DASHBOARD_BOUNDARY_SOURCE"


@dataclass(frozen=True)
class SourceFile:
    """A pinned file; `address` is where it is fetched, `path` where it is kept below the download folder."""

    path: str
    address: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Source:
    """The files of one vintage's outlines. `province` is the province's name in a file of the whole country."""

    vintage: str
    repository: str
    commit: str
    licence: str
    province: str | None
    files: tuple[SourceFile, ...]

    @property
    def citation(self) -> str:
        return f"{self.repository}, {self.licence} ({self.commit[:7]})"


def boundary_sources() -> dict[str, Source]:
    """Return the source of each vintage; raise `DefinitionError` where the file that pins them cannot be read."""
    path = DATA / "boundary_sources.toml"
    try:
        pinned = tomllib.loads(path.read_text(encoding="utf-8"))
        return {s["vintage"]: _source(s, pinned["address"]) for s in pinned["source"]}
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise DefinitionError(f"{path}: {error}") from error


def _source(pinned: dict[str, Any], address: str) -> Source:
    other_place = os.environ.get(_OTHER_PLACE)
    template = other_place.rstrip("/") + "/{path}" if other_place else address
    return Source(
        vintage=pinned["vintage"],
        repository=pinned["repository"],
        commit=pinned["commit"],
        licence=pinned["licence"],
        province=pinned.get("province"),
        files=tuple(
            SourceFile(f["path"], template.format(**{**pinned, **f}), f["bytes"], f["sha256"]) for f in pinned["files"]
        ),
    )


def download(source: Source, folder: Path, problems: ProblemList, progress: Callable[[float], None]) -> list[Path]:
    """Fetch what is not yet in `folder`, and return the files that are there with the right sum.

    What was fetched in part before is continued. What hinders goes to `problems`; without a network the first
    file is tried alone.
    """
    total_bytes = sum(file.size_bytes for file in source.files)
    done_bytes = 0
    whole = []

    def have(file_bytes: int) -> None:
        progress((done_bytes + file_bytes) / total_bytes)

    for file in source.files:
        path = folder / file.path
        try:
            if not _is_whole(path, file):
                _fetch(file, path, have)
        except (OSError, HTTPException) as error:
            problems.add(
                "outlines_unreachable",
                value=file.path,
                place=urlsplit(file.address).netloc,
                detail=getattr(error, "reason", None) or error,
                limit=folder,
                vintage=source.vintage,
            )
            if isinstance(error, HTTPError):
                error.close()
            break
        if _is_whole(path, file):
            whole.append(path)
        else:
            path.unlink()
            problems.add("outlines_wrong_sum", value=file.path)
        done_bytes += file.size_bytes
        have(0)
    return whole


def _is_whole(path: Path, file: SourceFile) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as content:
        return file_digest(content, "sha256").hexdigest() == file.sha256


def _fetch(file: SourceFile, path: Path, progress: Callable[[int], None]) -> None:
    """Fetch `file` by way of a `.part` file; raise `OSError` or `HTTPException` when the connection fails."""
    part = path.with_name(path.name + ".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    have = part.stat().st_size if part.exists() else 0
    if have < file.size_bytes:
        headers = {"Range": f"bytes={have}-"} if have else {}
        request = Request(file.address, headers=headers)  # noqa: S310  the address is pinned, or the administrator's
        with (
            _opener(file.address).open(request, timeout=_TIMEOUT_SECONDS) as response,
            # A server without ranges answers 200 and sends the file from its beginning.
            part.open("ab" if response.status == 206 else "wb") as content,
        ):
            have = content.tell()
            # An endless answer must not fill the disk; one that is too long has a wrong sum.
            while have <= file.size_bytes and (chunk := response.read(_CHUNK_BYTES)):
                content.write(chunk)
                have += len(chunk)
                progress(have)
    if have < file.size_bytes:
        raise ConnectionError(f"{have} / {file.size_bytes} bytes")
    part.replace(path)


def _opener(address: str) -> OpenerDirector:
    """Return an opener that uses the system's proxy, but not for an address on this machine."""
    here = urlsplit(address).hostname in ("127.0.0.1", "::1", "localhost")
    return build_opener(ProxyHandler({} if here else None))
