"""What is written in charts can be read."""

from pages.shared.chart_style import off_the_line


def test_what_is_written_at_a_point_is_not_struck_through() -> None:
    assert off_the_line([80, 90, 94.7]) == ["bottom center", "top left", "top center"]
    # The target lies just above the last point, just below the first, between the others.
    assert off_the_line([80, 90, 94.7], 95) == ["bottom center", "top left", "bottom center"]
    assert off_the_line([96, 98, 99], 95)[0] == "bottom center" != off_the_line([95.2, 96, 99], 95)[0]
    assert off_the_line([80, 94, 100], 95)[1] == "bottom right"
    assert off_the_line([80, None, 94.7], 95) == ["top center", "top center", "bottom center"]
    assert off_the_line([80, 90], 99) == off_the_line([80, 90])
