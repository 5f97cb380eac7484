SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    units_missing,
    units_unknown,
    numerator,
    missing_denominator,
    whole_denominator,
    lower,
    upper,
    verdict
FROM missing_bounds
ORDER BY indicator, level, vintage, unit_code, period
