"""The meeting's papers from the command line: three files of one state, which office programs open as they are."""

import shutil
import subprocess
from pathlib import Path

import pytest
from pptx import Presentation
from pypdf import PdfReader
from python_calamine import load_workbook

from etl.__main__ import main


@pytest.fixture(scope="module")
def folder(demo_home, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pack")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
        command = ["report", "--period", "2024", "--units", "2021", "--on", "2026-11-24", "--out", str(folder)]
        assert main([*command, "--communes", "25222"]) == 0
    return folder


def test_the_command_writes_what_it_says(folder) -> None:
    assert sorted(p.name for p in folder.iterdir()) == [
        "hop_tre_em_2024_2021_vi.pdf",
        "hop_tre_em_2024_2021_vi.pptx",
        "hop_tre_em_2024_2021_vi.xlsx",
        "tom_tat_xa_25222_2024.pdf",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--period", "2019"], "there is no period 2019"),
        (["--period", "2030"], "nothing was reported for 2030"),
        (["--period", "2026-H1", "--units", "2021"], "2026-H1 can be seen in the units of 2025"),
        (["--period", "2024", "--communes", "99999"], "no unit 99999 in 2021"),
    ],
)
def test_what_cannot_be_meant_is_said(arguments, said, demo_home, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    with pytest.raises(SystemExit) as error:
        main(["report", *arguments, "--out", str(tmp_path)])
    assert error.value.code == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("suffix", "saved_as"), [("pptx", "pdf"), ("xlsx", "xlsx")])
def test_office_programs_open_it(suffix, saved_as, folder, tmp_path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice is not installed")
    file = folder / f"hop_tre_em_2024_2021_vi.{suffix}"
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", saved_as]
    subprocess.run([*command, "--outdir", tmp_path, file], check=True, capture_output=True, timeout=120)
    saved = tmp_path / f"{file.stem}.{saved_as}"
    if suffix == "pptx":
        pages = [p.extract_text() for p in PdfReader(saved).pages]
        assert len(pages) == len(Presentation(file).slides)
        # Letters that a machine's font lacks are set apart from their words, so figures are looked for.
        assert sum("109/111" in page for page in pages) > 8
    else:
        before, after = ({s: rows(path, s) for s in sheets(path)} for path in (file, saved))
        assert list(before) == list(after)
        for sheet, kept in before.items():
            for number, (old, new) in enumerate(zip(kept, after[sheet], strict=True)):
                assert old == pytest.approx(new, abs=1e-9) if is_number(old) else old == new, (sheet, number)


def sheets(path: Path) -> list[str]:
    return load_workbook(path).sheet_names


def rows(path: Path, sheet: str) -> list[object]:
    """Return every cell of a sheet as its program last calculated it."""
    return [cell for row in load_workbook(path).get_sheet_by_name(sheet).to_python() for cell in row]


def is_number(cell: object) -> bool:
    return isinstance(cell, float)
