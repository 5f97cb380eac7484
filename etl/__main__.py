"""The commands: `python -m etl --help`. Exit code 0: all is well; 1: something was rejected; 2: called wrongly."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain, count, groupby
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from etl.actions import today
from etl.archive import Archive, Incoming
from etl.decisions import Decision
from etl.definitions import DefinitionError, Definitions, Period, Unit, load
from etl.home import home, warehouse_path, write_durably
from etl.identify import read_period
from etl.load import Answer, check, decide, load_reports, rebuild
from etl.refusal import Refused
from etl.report import Problem, word_problem
from etl.sending import refuse_too_much
from etl.storage import in_words
from etl.warehouse import current_path, reports_with_status

if TYPE_CHECKING:
    from etl.backup import Manifest
    from etl.boundaries import Outcome

_REPORT_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv"}
_NO_WAREHOUSE = "there is no warehouse yet, or one of another version; load reports, or run `python -m etl rebuild`"


class _CalledWrongly(Exception):
    """What was asked for cannot be meant; the message says what to write instead."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    args = parser.parse_args(arguments)
    try:
        with in_words(home()):
            found = int(args.command(args))
            sys.stdout.flush()
            return found
    except _CalledWrongly as error:
        parser.error(str(error))
    except BrokenPipeError:
        # Whoever reads has seen enough, as `| head` has; Python would complain of it once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (DefinitionError, Refused, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m etl", description="Reports in, warehouse out.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Callable[[argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=command)
        return sub

    demo = add("demo", _demo, "write the sample reports, load them, leave a ready warehouse")
    demo.add_argument("--reports", type=Path, metavar="DIR", help="also keep the sample workbooks in DIR")
    template = add("template", _template, "write the empty form of a commune, prefilled with what is known")
    template.add_argument("--unit", required=True, metavar="CODE")
    template.add_argument("--period", required=True, metavar="P", help="2021 or 2021-H1")
    template.add_argument("--out", type=Path, default=Path(), metavar="DIR")
    checking = add("check", _check, "read and check reports, change nothing")
    loading = add("load", _load, "check, archive, load and publish; takes files and folders")
    for sub in (checking, loading):
        sub.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        sub.add_argument("--format", choices=("text", "json"), default="text")
    returning = add("return", _return, "check reports and write back each that has problems, its cells marked")
    returning.add_argument("paths", nargs="+", type=Path, metavar="FILE")
    returning.add_argument("--out", type=Path, default=Path(), metavar="DIR")
    loading.add_argument("--reason", metavar="TEXT", help="why reports for a closed period are let in")
    deciding = add("decide", _decide, "approve reports, close or reopen a period")
    deciding.add_argument("action", choices=("approve", "withdraw", "close", "reopen"))
    deciding.add_argument("--period", required=True, metavar="P")
    deciding.add_argument("--unit", nargs="+", metavar="CODE", help="whose reports; without it, of all units")
    deciding.add_argument("--reason", metavar="TEXT")
    for sub in (loading, deciding):
        sub.add_argument("--by", default=getpass.getuser(), metavar="WHO", help="an office or a role")
    add("rebuild", _rebuild, "build the warehouse again from the archive alone")
    saving = add("backup", _backup, "write everything that cannot be derived to one file, and read it back")
    saving.add_argument("--out", required=True, type=Path, metavar="DIR", help="a folder, or a file *.zip")
    restoring = add("restore", _restore, "bring a backup into an empty folder, and build the warehouse")
    restoring.add_argument("file", type=Path, metavar="FILE")
    examining = add("doctor", _doctor, "tell what is wrong with the program's folder, and mend what can be derived")
    examining.add_argument("--repair", action="store_true", help="mend it; archived reports are never touched")
    examining.add_argument("--deep", action="store_true", help="also build the warehouse again, and compare")
    examining.add_argument("--format", choices=("text", "json"), default="text")
    exporting = add("export", _export, "write the data that may leave the house, with its dictionary")
    exporting.add_argument("--out", required=True, type=Path, metavar="DIR")
    exporting.add_argument("--format", choices=("all", "duckdb", "parquet", "csv"), default="all")
    reporting = add(
        "report", _report, "write the meeting pack: slides, paper and workbook, and a page for each commune"
    )
    reporting.add_argument("--period", required=True, metavar="P")
    reporting.add_argument("--out", required=True, type=Path, metavar="DIR")
    reporting.add_argument("--units", metavar="V", help="2021 or 2025; without it, the units that reported")
    reporting.add_argument("--lang", choices=("vi", "en"), default="vi")
    reporting.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the meeting")
    reporting.add_argument("--approved", action="store_true", help="count approved reports alone")
    reporting.add_argument("--communes", nargs="*", metavar="CODE", help="a page for these communes, or for all")
    outlines = add("boundaries", _boundaries, "bring in real outlines; without options, tell which there are")
    outlines.add_argument("--download", action="store_true", help="fetch public outlines, of one vintage or of all")
    outlines.add_argument("--import", dest="file", type=Path, metavar="FILE", help="GeoJSON, GeoPackage or Shapefile")
    outlines.add_argument("--vintage", metavar="V", help="2021 or 2025")
    _add_large_scale(add)
    return parser


def _add_large_scale(add: Callable[..., argparse.ArgumentParser]) -> None:
    simulating = add("simulate", _simulate, "write a warehouse of generated reports, for measuring")
    simulating.add_argument("--units", required=True, choices=("province", "national"))
    simulating.add_argument("--years", type=int, default=2, metavar="N", help="so many years, each in two periods")
    simulating.add_argument("--out", type=Path, default=Path("build/simulation"), metavar="DIR", help="a new folder")
    simulating.add_argument("--seed", default="1", help="the same seed gives the same figures")
    building = add("build", _build, "build all models anew, on another engine or in another folder")
    building.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb")
    building.add_argument("--out", type=Path, metavar="DIR", help="where to publish; without it, the program's folder")


def _template(args: argparse.Namespace) -> int:
    from etl.template import form_file_name, write_form

    definitions = load()
    period = _period(args.period, definitions)
    (unit,) = _units([args.unit], period, definitions)
    args.out.mkdir(parents=True, exist_ok=True)
    path = args.out / form_file_name(unit, period)
    path.write_bytes(write_form(definitions, unit, period, known_in=home()))
    print(path)
    return 0


def _period(said: str, definitions: Definitions) -> Period:
    period = read_period(said, definitions)
    if period is None:
        raise _CalledWrongly(f"there is no period {said}; write for example 2021 or 2021-H1")
    return period


def _units(codes: Collection[str], period: Period, definitions: Definitions) -> list[Unit]:
    for code in codes:
        if (period.vintage, code) not in definitions.units:
            raise _CalledWrongly(f"no unit {code} reports for {period.period} (units of {period.vintage})")
    return [definitions.units[period.vintage, code] for code in codes]


def _demo(args: argparse.Namespace) -> int:
    from etl.demo import write_demo

    if not all(receipt.sample for receipt in Archive(home()).receipts()):
        raise _CalledWrongly(
            f"{home()} holds reports that are no samples, which samples would supersede: name another folder in"
            " CHILD_DASHBOARD_HOME, or run `python -m etl rebuild`"
        )
    with _progress("demo") as progress:
        said = write_demo(home(), args.reports, progress)
    print(said)
    return 0


def _simulate(args: argparse.Namespace) -> int:
    from etl.simulate import simulate

    if args.years < 1:
        raise _CalledWrongly("--years must be 1 or more")
    if args.out.exists():
        raise _CalledWrongly(f"there is {args.out} already; name a new folder")
    with _progress("simulate") as progress:
        said = simulate(args.out, args.units, args.years, args.seed, progress)
    print(said)
    return 0


def _build(args: argparse.Namespace) -> int:
    from etl.build import build, lacking

    if missing := lacking(args.engine):
        raise _CalledWrongly(missing)
    warehouse = current_path(home())
    if warehouse is None:
        raise _CalledWrongly(_NO_WAREHOUSE)
    with _progress("build") as progress:
        print(build(warehouse, args.out or home(), args.engine, progress))
    return 0


def _check(args: argparse.Namespace) -> int:
    with _progress("check") as progress:
        answers = check(_incoming(args.paths), home(), progress)
    return _tell(answers, args.format)


def _load(args: argparse.Namespace) -> int:
    with _progress("load") as progress:
        answers = load_reports(_incoming(args.paths), home(), progress, reason=args.reason, decided_by=args.by)
    return _tell(answers, args.format)


def _decide(args: argparse.Namespace) -> int:
    action = {"approve": "approved", "withdraw": "withdrawn", "close": "closed", "reopen": "reopened"}[args.action]
    period = _period(args.period, load())
    units = None if args.unit is None else {u.code for u in _units(args.unit, period, load())}
    if args.action in ("close", "reopen"):
        decisions = [Decision(action, args.by, period.period, reason=args.reason)]
    else:
        status = "accepted" if args.action == "approve" else "approved"
        warehouse = current_path(home())
        if warehouse is None:
            raise _CalledWrongly(_NO_WAREHOUSE)
        decisions = [
            Decision(action, args.by, period.period, unit, submission_id=submission_id, reason=args.reason)
            for submission_id, unit in reports_with_status(warehouse, period.period, status)
            if units is None or unit in units
        ]
    if decisions:
        with _progress("decide") as progress:
            decide(decisions, home(), progress)
    print(f"{len(decisions)} {action}")
    return 0


def _return(args: argparse.Namespace) -> int:
    from etl.returned import return_workbook

    files = {f.file_name: f for f in _incoming(args.paths)}
    with _progress("return") as progress:
        answers = check(list(files.values()), home(), progress)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, own in groupby(answers, key=lambda answer: answer.file_name):
        found = list(own)
        if any(answer.problems for answer in found):
            returned = return_workbook(files[name].content, found, load())
            path = _free_path(args.out / returned.file_name)
            path.write_bytes(returned.content)
            print(path)
    return int(any(a.status == "rejected" for a in answers))


def _free_path(path: Path) -> Path:
    """Return `path`, numbered where there is such a file: it may be the sender's mended one."""
    numbered = (path.with_stem(f"{path.stem}_{n}") for n in count(2))
    return next(p for p in chain([path], numbered) if not p.exists())


def _rebuild(_: argparse.Namespace) -> int:
    with _progress("rebuild") as progress:
        files = rebuild(home(), progress)
    print(f"{warehouse_path(home())}: {files} files")
    return 0


def _backup(args: argparse.Namespace) -> int:
    from etl.backup import backup, inspect

    with _progress("backup") as progress:
        path = backup(home(), args.out, progress)
    manifest = inspect(path)
    print(f"{path}: {_counted(manifest)}, {path.stat().st_size / 1000:,.0f} kB")
    damaged = sum(file.is_damaged for file in manifest.files)
    if damaged:
        print(_in_words(word_problem(load(), "backup_holds_damaged", None, None, None, damaged, {})), file=sys.stderr)
    return int(damaged > 0)


def _restore(args: argparse.Namespace) -> int:
    from etl.backup import restore

    with _progress("restore") as progress:
        manifest = restore(args.file, home(), progress)
    print(f"{home()}: {_counted(manifest)}")
    return 0


def _counted(m: "Manifest") -> str:
    vi = f"{m.reports} báo cáo, {m.decisions} quyết định, {m.actions} việc cần làm"
    return f"{vi} / {m.reports} reports, {m.decisions} decisions, {m.actions} measures"


def _doctor(args: argparse.Namespace) -> int:
    from etl.doctor import examine, repair

    with _progress("doctor") as progress:
        if args.repair:
            repair(home(), deep=args.deep, progress=lambda share: progress(share / 2))
        findings = examine(home(), deep=args.deep, progress=progress)
    if args.format == "json":
        json.dump([f._asdict() for f in findings], sys.stdout, ensure_ascii=False, indent=1)
        print()
    else:
        for f in findings:
            print(f"  {f.severity} {f.rule}\n    {f.message_vi}\n    {f.message_en}")
        wrong = f"{len(findings)} điều cần biết / findings" if findings else "mọi thứ đều ổn / all is well"
        print(f"{home()}: {wrong}")
    return int(any(f.severity == "error" or f.repairable for f in findings))


def _report(args: argparse.Namespace) -> int:
    # The command line is the one place that knows both sides: the papers say what the pages show.
    from streamlit.logger import set_log_level

    set_log_level("ERROR")  # that no server runs is no news here
    from pages.shared import queries
    from pages.shared.filters import view_of
    from pages.shared.pack.make import make_pack, make_summaries
    from pages.shared.text import text_of

    definitions = load()
    if queries.version() is None:
        raise _CalledWrongly(_NO_WAREHOUSE)
    with queries.frozen(approved_only=args.approved):
        periods = queries.periods()
    period = _period(args.period, definitions)
    seen = list(periods.loc[periods["period"] == period.period, "vintage"])
    if not seen:
        raise _CalledWrongly(f"nothing was reported for {period.period}")
    vintage = args.units or period.vintage
    if vintage not in seen:
        raise _CalledWrongly(f"{period.period} can be seen in the units of {' or '.join(seen)}")
    view = view_of(period.period, vintage, text_of(args.lang))
    codes = args.communes or [u.code for u in definitions.units.values() if u.vintage == vintage]
    if unknown := [c for c in codes if (vintage, c) not in definitions.units]:
        raise _CalledWrongly(f"no unit {', '.join(unknown)} in {vintage}")
    on = args.on or today()
    with _progress("report") as progress:
        files = make_pack(view, on, progress, approved_only=args.approved)
    if args.communes is not None:
        with _progress("communes") as progress:
            files |= make_summaries(view, codes, on, progress, approved_only=args.approved)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_durably(args.out / name, content)
        print(args.out / name)
    return 0


def _export(args: argparse.Namespace) -> int:
    from etl.export import FORMATS, export

    formats = FORMATS if args.format == "all" else (args.format,)
    with _progress("export") as progress:
        out = export(home(), args.out, formats, progress=progress)
    for path in sorted(out.iterdir()):
        files = sorted(path.iterdir()) if path.is_dir() else [path]
        size_kb = sum(f.stat().st_size for f in files) / 1000
        print(f"{path}: {len(files)} tệp / files, {size_kb:,.0f} kB")
    return 0


def _boundaries(args: argparse.Namespace) -> int:
    from etl.boundaries import describe_outlines, download_outlines, import_outlines

    vintages = [v.name for v in load().vintages]
    if args.vintage not in (None, *vintages):
        raise _CalledWrongly(f"there is no vintage {args.vintage}; write one of {', '.join(vintages)}")
    if args.file and (args.download or not args.vintage):
        raise _CalledWrongly("--import needs --vintage, and goes without --download")
    if args.vintage and not (args.file or args.download):
        raise _CalledWrongly("--vintage goes with --import FILE or with --download")
    if args.file and not args.file.exists():
        raise _CalledWrongly(f"there is no file {args.file}")
    if args.file:
        return _tell_outlines([import_outlines(home(), args.file, args.vintage)])
    if args.download:
        outcomes = []
        for vintage in [args.vintage] if args.vintage else vintages:
            with _progress(f"boundaries {vintage}") as progress:
                outcomes.append(download_outlines(home(), vintage, progress))
        return _tell_outlines(outcomes)
    print("\n".join(describe_outlines(home())))
    return 0


def _tell_outlines(outcomes: "list[Outcome]") -> int:
    for outcome in outcomes:
        if outcome.path:
            size_kb = outcome.path.stat().st_size / 1000
            print(f"{outcome.vintage}: {outcome.units} đơn vị / units, {size_kb:.0f} kB, {outcome.path}")
        else:
            print(f"{outcome.vintage}: không lưu gì, ranh giới cũ giữ nguyên / nothing stored, old outlines stay")
        for p in outcome.problems:
            print(_in_words(p))
    return int(any(outcome.path is None for outcome in outcomes))


def _in_words(p: Problem) -> str:
    at = " ".join(filter(None, (p.sheet, p.cell)))
    return _shown(f"  {p.severity} {p.rule}{' [' + at + ']' if at else ''}\n    {p.message_vi}\n    {p.message_en}")


def _incoming(paths: list[Path]) -> list[Incoming]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.suffix.lower() in _REPORT_SUFFIXES and p.is_file())
            files += sorted(p for p in inside if not p.name.startswith((".", "~$")))
        elif path.is_file():
            files.append(path)
        else:
            raise _CalledWrongly(f"there is no file or folder {path}")
    # A name may hold bytes that are no text.
    incoming = [Incoming(os.fsencode(path).decode(errors="backslashreplace"), path) for path in files]
    refuse_too_much(incoming, "command_line", load())
    return incoming


def _shown(text: str) -> str:
    """Return text with escapes as JSON has them for what a terminal would obey, or cannot write."""
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _tell(answers: list[Answer], form: str) -> int:
    if form == "json":
        # One by one: of many answers the whole text would be large.
        for n, answer in enumerate(answers):
            print("," if n else "[", _shown(json.dumps(_as_json(answer), ensure_ascii=False, indent=1)))
        print("]" if answers else "[]")
    else:
        for answer in answers:
            repeated = " (đã nhận trước đây / received before)" if answer.repeated else ""
            said = f"{answer.unit_code or '?'} {answer.period or '?'} {answer.status}{repeated}"
            print(f"{_shown(answer.file_name)}: {said}")
            for p in answer.problems:
                print(_in_words(p))
        rejected = sum(a.status == "rejected" for a in answers)
        print(f"{len(answers)} báo cáo, {rejected} bị trả lại / {len(answers)} reports, {rejected} rejected")
    return int(any(a.status == "rejected" for a in answers))


def _as_json(answer: Answer) -> dict[str, object]:
    return {
        "file": answer.file_name,
        "unit_code": answer.unit_code,
        "period": answer.period,
        "status": answer.status,
        "problems": [p._asdict() for p in answer.problems],
    }


@contextmanager
def _progress(name: str) -> Iterator[Callable[[float], None]]:
    """Show a bar on a terminal; the callable takes the share that is done, from 0 to 1."""
    with tqdm(desc=name, total=100, bar_format="{desc}: {percentage:3.0f}% |{bar}| {elapsed}", disable=None) as bar:
        yield lambda share: bar.update(round(100 * share) - bar.n) and None


if __name__ == "__main__":
    sys.exit(main())
