-- Each indicator at each level; value in percent, NULL where the denominator is NULL or 0.
SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    population_group,
    numerator,
    denominator,
    percentage(numerator, denominator) AS value,
    units_reported,
    units_expected
FROM level_indicator
ORDER BY indicator, level, vintage, unit_code, population_group, period
