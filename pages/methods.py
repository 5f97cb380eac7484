"""How each figure comes about: plain words, formula, source, and an example from the figures in view."""

import streamlit as st

from etl.definitions import load
from pages.shared import access
from pages.shared.examples import examples, thresholds
from pages.shared.filters import choose_indicator, show_source, view

current = view()
t = current.text
st.header(t("methods.title"))
found = {}
# Examples name communes: none for whoever is here for one alone.
if not access.is_bound():
    st.markdown(t("methods.intro"))
    found = examples(choose_indicator(current, label="methods.choose"), current)
named = thresholds(current)

titles = {m.method: t.pick(m.title_vi, m.title_en) for m in load().methods.values()}
st.markdown(" · ".join(f"[{title}](#{method})" for method, title in titles.items()))
for method in load().methods.values():
    with st.container(border=True):
        st.subheader(titles[method.method], anchor=method.method)
        st.markdown(t.pick(method.words_vi, method.words_en).format(**named))
        for formula in method.formulas:
            st.latex(formula)
        if found:
            example = found[method.method]
            said = (
                t.pick(method.example_vi, method.example_en).format(**example) if example else t("methods.no_example")
            )
            st.markdown(f"**{t('methods.example')}.** {said}")
        st.caption(t("methods.source", source=t.pick(method.source_vi, method.source_en)))
show_source(current)
