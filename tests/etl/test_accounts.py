"""Who gets which role: what the two files may say, and that they are believed at once."""

import csv
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from etl.accounts import account_contradictions, account_of, accounts_path, roles
from etl.definitions import DATA, DefinitionError, load

PROJECT = Path(__file__).parents[2]
OFFICER = '[[account]]\nemail = "Phong.Tre.Em@example.gov.vn"\nrole = "data_officer"\noffice = "Phòng Bảo trợ trẻ em"\n'
COMMUNE = '[[account]]\nclaim = "groups"\nvalue = "ubnd-xa-25195"\nrole = "commune_officer"\nunit = "25195"\n'


def write(home: Path, text: str) -> None:
    accounts_path(home).write_text(text, encoding="utf-8")


def role_of(home: Path, **claims: object) -> str | None:
    own = account_of(claims, home)
    return own.role.role if own else None


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"email": "phong.tre.em@example.gov.vn"}, "data_officer"),
        ({"email": " PHONG.TRE.EM@EXAMPLE.GOV.VN "}, "data_officer"),
        ({"email": "phong.tre.em@example.gov.vn", "email_verified": True}, "data_officer"),
        ({"email": "phong.tre.em@example.gov.vn", "email_verified": "true"}, "data_officer"),
        ({"email": "phong.tre.em@example.gov.vn", "email_verified": False}, None),
        ({"email": "phong.tre.em@example.gov.vn", "email_verified": "false"}, None),
        ({"email": "phong.tre.em@example.gov.vn", "email_verified": None}, None),
        ({"email": "phong.tre.em@example.gov.vn.example.com"}, None),
        ({"sub": "phong.tre.em@example.gov.vn", "name": "phong.tre.em@example.gov.vn"}, None),
        ({"groups": ["staff", "UBND-xa-25195"]}, "commune_officer"),
        ({"groups": "ubnd-xa-25195"}, "commune_officer"),
        ({"groups": ["ubnd-xa-25195-old"]}, None),
        ({"groups": {"ubnd-xa-25195": True}}, None),
        ({"groups": [["ubnd-xa-25195"], None, 25195]}, None),
        # An address that was not verified takes nothing away from what the provider says of its own.
        (
            {"email": "phong.tre.em@example.gov.vn", "email_verified": False, "groups": ["ubnd-xa-25195"]},
            "commune_officer",
        ),
        ({"groups": ["ubnd-xa-25195"], "email": "phong.tre.em@example.gov.vn"}, "data_officer"),
        ({}, None),
    ],
)
def test_the_first_account_that_the_claims_fit(claims, role, tmp_path) -> None:
    write(tmp_path, OFFICER + COMMUNE)
    assert role_of(tmp_path, **claims) == role


def test_an_account_acts_in_the_name_of_its_office_and_reaches_its_own_unit(tmp_path) -> None:
    write(tmp_path, OFFICER + COMMUNE)
    definitions = load()
    officer = account_of({"email": "phong.tre.em@example.gov.vn"}, tmp_path)
    commune = account_of({"groups": ["ubnd-xa-25195"]}, tmp_path)
    assert officer.office == "Phòng Bảo trợ trẻ em" and commune.office is None
    every = set(definitions.units)
    assert {key for key in every if officer.owns(definitions, *key)} == every
    with (DATA / "unit_succession.csv").open(encoding="utf-8", newline="") as file:
        parts = {(row["from_vintage"], row["from_code"]) for row in csv.DictReader(file) if row["to_code"] == "25195"}
    assert len(parts) > 1
    assert {key for key in every if commune.owns(definitions, *key)} == parts | {("2025", "25195")}


def test_the_file_is_believed_at_once_and_a_broken_one_lets_nobody_in(tmp_path) -> None:
    me = {"email": "phong.tre.em@example.gov.vn"}
    assert role_of(tmp_path, **me) is None and account_contradictions(tmp_path) == []
    write(tmp_path, OFFICER)
    assert role_of(tmp_path, **me) == "data_officer"
    write(tmp_path, OFFICER.replace("data_officer", "viewer"))
    assert role_of(tmp_path, **me) == "viewer"
    for broken in (OFFICER + "[[account", OFFICER + OFFICER, OFFICER.replace("data_officer", "king")):
        write(tmp_path, broken)
        with pytest.raises(DefinitionError):
            account_of(me, tmp_path)
    accounts_path(tmp_path).write_bytes(b"\xff\xfe")
    with pytest.raises(DefinitionError):
        account_of(me, tmp_path)
    accounts_path(tmp_path).unlink()
    assert role_of(tmp_path, **me) is None
    # As Windows writes it.
    accounts_path(tmp_path).write_text(OFFICER, encoding="utf-8-sig", newline="\r\n")
    assert role_of(tmp_path, **me) == "data_officer"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[account]]\nrole = "viewer"\n', ["accounts.toml, account 1: say either email, or claim and value"]),
        (
            '[[account]]\nemail = "a@b.vn"\nclaim = "groups"\nvalue = "x"\nrole = "viewer"\n',
            ["accounts.toml, account 1: say either email, or claim and value"],
        ),
        (
            '[[account]]\nclaim = "groups"\nrole = "viewer"\n',
            ["accounts.toml, account 1: say either email, or claim and value"],
        ),
        ('[[account]]\nemail = " "\nrole = "viewer"\n', ["accounts.toml, account 1: email is no text"]),
        ('[[account]]\nemail = ["a@b.vn"]\nrole = "viewer"\n', ["accounts.toml, account 1: email is no text"]),
        (
            '[[account]]\nemail = "a@b.vn"\nrole = "viewer"\nofice = "x"\n',
            ["accounts.toml, account 1: unknown key ofice"],
        ),
        (
            '[[account]]\nemail = "a@b.vn"\nrole = "king"\n',
            [
                "accounts.toml, account 1: there is no role king; roles are "
                "viewer, planner, analyst, data_officer, administrator, commune_officer"
            ],
        ),
        (
            '[[account]]\nemail = "a@b.vn"\nrole = "commune_officer"\n',
            ["accounts.toml, account 1: commune_officer needs a unit"],
        ),
        (
            '[[account]]\nemail = "a@b.vn"\nrole = "viewer"\nunit = "25195"\n',
            ["accounts.toml, account 1: viewer is bound to no unit"],
        ),
        (
            # A unit of before the reform.
            '[[account]]\nemail = "a@b.vn"\nrole = "commune_officer"\nunit = "25198"\n',
            ["accounts.toml, account 1: there is no unit 25198 among those of 2025"],
        ),
        (
            OFFICER + COMMUNE + OFFICER.lower() + '[users]\n"a@b.vn" = "viewer"\n',
            ["accounts.toml: unknown table users", "accounts.toml: 2 accounts ask for the same email"],
        ),
        ('account = "viewer"\n', ["accounts.toml: accounts are written as [[account]]"]),
        ("[[account]\n", ["accounts.toml: Expected ']]' at the end of an array declaration (at line 1, column 10)"]),
    ],
)
def test_what_contradicts_itself_is_told_without_an_address(text, said, tmp_path) -> None:
    write(tmp_path, text)
    assert account_contradictions(tmp_path) == said


def test_roles_that_contradict_themselves_are_a_clear_error(tmp_path) -> None:
    shutil.copy(DATA / "roles.toml", tmp_path)
    with (tmp_path / "roles.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[clerk]\nname_vi = "Văn thư"\nname_en = "Clerk"\npages = []\nright = ["send"]\nlike = "analyst"\n'
            '[chief]\nname_vi = "Lãnh đạo"\npages = []\nrights = ["approve", "send"]\nlike = "boss"\n'
        )
    with pytest.raises(DefinitionError) as error:
        roles(tmp_path)
    assert str(error.value).splitlines() == [
        "roles.toml: clerk: unknown key right",
        "roles.toml: clerk: like analyst, which is no role or itself like another",
        "roles.toml: chief: name_en is missing",
        "roles.toml: chief: unknown right approve",
        "roles.toml: chief: like boss, which is no role or itself like another",
    ]


def test_the_manual_says_what_is_so(tmp_path) -> None:
    manual = (PROJECT / "docs" / "sign_in.md").read_text(encoding="utf-8")
    known = roles()
    told = {}
    for name, pages, rights in re.findall(r"^\| .+ \(`(\w+)`\) \| (.+) \| (.+) \|$", manual, re.MULTILINE):
        more = known["viewer"].pages if pages.startswith("those of the viewer") else frozenset()
        named = set(pages.removeprefix("those of the viewer, ").split(", "))
        told[name] = (named | more, set(rights.split(", ")) - {"–"})
    assert told == {name: (role.pages, role.rights) for name, role in known.items()}
    secrets, accounts = re.findall(r"```toml\n(.+?)```", manual, re.DOTALL)
    assert set(tomllib.loads(secrets)["auth"]) >= {"redirect_uri", "cookie_secret", "client_id", "server_metadata_url"}
    write(tmp_path, accounts)
    assert account_contradictions(tmp_path) == []
    assert {a["role"] for a in tomllib.loads(accounts)["account"]} == set(known)
    assert ".streamlit/secrets.toml" in (PROJECT / ".gitignore").read_text().splitlines()


def test_a_role_has_what_the_role_has_that_it_is_like() -> None:
    known = roles()
    for name in ("planner", "analyst", "data_officer", "administrator"):
        assert known["viewer"].pages < known[name].pages
    # Whoever keeps a program running does not take what is masked for everyone.
    assert [r.role for r in known.values() if "small_counts" in r.rights] == ["data_officer"]
    assert [r.role for r in known.values() if r.own_unit] == ["commune_officer"]
