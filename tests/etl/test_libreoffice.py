"""A form filled in and saved by LibreOffice Calc holds the same figures."""

import shutil
import subprocess
from pathlib import Path

import pytest

from etl.read import read_report
from tests.etl.test_report import FORM, SENT, D, rules, values


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_saved_by_calc(suffix: str, tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("LibreOffice Calc is not installed")
    (tmp_path / "form.xlsx").write_bytes(FORM)
    command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", suffix]
    saved = tmp_path / "saved"
    subprocess.run([*command, "--outdir", saved, tmp_path / "form.xlsx"], check=True, capture_output=True, timeout=120)
    (report,) = read_report((saved / f"form.{suffix}").read_bytes(), D)
    assert rules(report) == []
    assert values(report) == values(SENT)
    assert sorted(report.tasks) == sorted(SENT.tasks)
    assert len(report.play_areas) == len(SENT.play_areas)
    assert (report.unit_code, report.reported_on) == ("25216", SENT.reported_on)
