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
    value,
    units_reported,
    units_expected
FROM indicator_progress
