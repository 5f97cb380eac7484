"""The meeting's papers from the command line: three files of one state, which office programs open as they are."""

import re
import shutil
import subprocess

import pytest
from pptx import Presentation
from pypdf import PdfReader

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
        (["--period", "2019"], "nothing was reported for 2019"),
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


@pytest.mark.parametrize("suffix", ["pptx", "xlsx"])
def test_office_programs_open_it(suffix, folder, tmp_path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice is not installed")
    file = folder / f"hop_tre_em_2024_2021_vi.{suffix}"
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", tmp_path, file], check=True, capture_output=True, timeout=120)
    pages = [p.extract_text() for p in PdfReader(tmp_path / f"{file.stem}.pdf").pages]
    # Letters that a machine's font lacks are set apart from their words, so figures are looked for.
    said = " ".join(pages)
    assert said.count("109/111") > 8 and not re.search(r"#REF|#NAME|#DIV|Err:", said)
    if suffix == "pptx":
        assert len(pages) == len(Presentation(file).slides)
