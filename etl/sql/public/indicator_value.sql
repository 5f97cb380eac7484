SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    population_group,
    numerator,
    denominator,
    value,
    units_reported,
    units_expected
FROM indicator_value
ORDER BY indicator, level, vintage, population_group, unit_code, period
