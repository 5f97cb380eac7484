SELECT
    indicator,
    comparison,
    vintage,
    period,
    units_compared,
    units_contradictory,
    group_numerator,
    group_denominator,
    group_value,
    other_numerator,
    other_denominator,
    other_value,
    difference,
    difference_lower,
    difference_upper,
    ratio,
    ratio_lower,
    ratio_upper,
    reading
FROM equity
ORDER BY indicator, comparison, vintage, period
