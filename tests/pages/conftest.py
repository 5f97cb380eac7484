"""What the tests of pages share."""

from collections.abc import Iterator
from functools import cache, partial

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner

from pages.shared import turns


@pytest.fixture(scope="session", autouse=True)
def _components() -> Iterator[None]:
    """Look once for what extends Streamlit: every AppTest would search all installed packages for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def _everything_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unfold what a page shows when it is asked: AppTest cannot, and what is behind must be right and masked too."""
    monkeypatch.setattr(st, "expander", partial(st.expander, expanded=True))


@pytest.fixture(autouse=True)
def _nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no browser: there is none."""
    monkeypatch.setattr(turns, "_DRAWN_S", 0)
