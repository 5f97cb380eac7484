"""Words of others are shown as they are, and times in the province's own hours."""

from datetime import datetime

import pytest

from pages.shared.text import plain, text_of


def test_what_somebody_wrote_is_no_markdown() -> None:
    assert plain("**x** [y](z) <b> $a$ :red[b] `c`") == r"\*\*x\*\* \[y\]\(z\) \<b\> \$a\$ \:red\[b\] \`c\`"
    assert plain("Xã bị mất điện ba ngày") == "Xã bị mất điện ba ngày"


@pytest.mark.parametrize(("language", "said"), [("vi", "1/1/2022 00:30"), ("en", "1 Jan 2022 00:30")])
def test_moments_are_told_in_the_province_s_own_time(language, said) -> None:
    assert text_of(language).moment(datetime(2021, 12, 31, 17, 30)) == said
