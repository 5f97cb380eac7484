"""Who is signed in, and what they may see and do: decided on the server, for every run anew.

Without sign-in there is one reader, at this machine: then nobody is served who comes from elsewhere.
"""

from typing import Any, NoReturn
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from etl import events
from etl.accounts import Account, account_of, roles
from etl.definitions import DefinitionError, load
from etl.home import home
from pages.shared.text import Text, plain

MOST_OFFICE = 100
AT_THIS_MACHINE = "administrator"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")


class NotPermitted(Exception):
    """The account's role does not have this right."""


def signs_in() -> bool:
    """Tell whether an OpenID provider is set up (`[auth]` in Streamlit's secrets)."""
    return "is_logged_in" in st.user.to_dict()


def account() -> Account | None:
    """Return the reader's account, None where they have none.

    Raises `DefinitionError` where the accounts' file contradicts itself.
    """
    # A thread of its own has no reader. Streamlit would tell of none as it does where no sign-in is set up.
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    if not signs_in():
        return Account(roles()[AT_THIS_MACHINE]) if _is_local() else None
    return account_of(st.user.to_dict(), home()) if st.user.is_logged_in else None


def may(right: str) -> bool:
    """Tell whether the reader has a right."""
    own = account()
    return own is not None and right in own.role.rights


def demand(right: str) -> Account:
    """Return the reader's account; raise `NotPermitted` where it does not have the right."""
    own = account()
    if own is None or right not in own.role.rights:
        events.refused_right(role=own.role.role if own else None, right=right)
        raise NotPermitted(right)
    return own


def is_bound() -> bool:
    """Tell whether the reader's account is of one unit alone."""
    own = account()
    return own is not None and own.role.own_unit


def may_open(page: str) -> bool:
    """Tell whether a page is part of the reader's role."""
    return page in pages()


def pages() -> frozenset[str]:
    """Return the pages of the reader's role, none for whoever may not come in."""
    try:
        own = account()
    except DefinitionError:
        return frozenset()
    return own.role.pages if own else frozenset()


def units_within_reach(vintage: str) -> set[str]:
    """Return the codes of the units within the reader's reach."""
    own, definitions = account(), load()
    codes = {code for known, code in definitions.units if known == vintage}
    return {code for code in codes if own and own.owns(definitions, vintage, code)}


def ask_office(label: str, t: Text, **widget: Any) -> str:
    """Return in whose name the reader acts: the office of their account, else what they write."""
    own = account()
    if own is not None and own.office is not None:
        st.caption(t("access.in_the_name_of", office=plain(own.office)))
        return own.office
    return str(st.text_input(label, max_chars=MOST_OFFICE, **widget, live=True))


def admit(t: Text) -> Account:
    """Return the account of a reader who may come in; show anyone else the door and stop."""
    try:
        own = account()
    except DefinitionError:
        _refuse(t("access.broken"), t)
    if own is None:
        if not signs_in():
            _refuse(t("access.from_elsewhere"), t)
        if st.user.is_logged_in:
            who = str(st.user.get("email") or st.user.get("sub") or "")
            _refuse(t("access.no_account", who=plain(who)), t)
        province = load().province
        st.caption(t.pick(province["title_vi"], province["title_en"]))
        st.header(t("access.welcome"))
        st.markdown(t("access.sign_in_why"))
        st.button(t("access.sign_in"), icon=":material/login:", on_click=st.login)
        st.stop()
    return own


def show_account(own: Account, t: Text) -> None:
    """Say as whom the reader is here, and let them leave."""
    role = t.pick(own.role.name_vi, own.role.name_en)
    if not signs_in():
        st.caption(t("access.at_this_machine"))
        return
    st.caption(" · ".join(filter(None, (role, own.office))))
    st.button(t("access.sign_out"), icon=":material/logout:", on_click=st.logout)


def _refuse(why: str, t: Text) -> NoReturn:
    events.refused_sign_in()
    st.error(why, icon=":material/lock:")
    if signs_in() and st.user.is_logged_in:
        st.button(t("access.sign_out"), icon=":material/logout:", on_click=st.logout)
    st.stop()


def _is_local() -> bool:
    """Tell whether server and reader are on one machine, also in the face of a proxy that hides where they are.

    A page of another site that reaches this server by a name of its own gives itself away by `Host` or `Origin`.
    """
    asked = st.context.headers
    named = [f"//{asked['Host']}"] if "Host" in asked else []
    named += [asked["Origin"]] if "Origin" in asked else []
    return (
        st.get_option("server.address") in _LOOPBACK
        and all(urlsplit(name).hostname in _LOOPBACK for name in named)
        and not any(header in asked for header in _FORWARDED)
    )
