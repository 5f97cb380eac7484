SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    year,
    numerator,
    denominator,
    value,
    first_year,
    first_numerator,
    first_denominator,
    first_value,
    horizon_year,
    rate,
    rate_needed,
    rate_from_now,
    pace,
    reached_year,
    status
FROM pace
ORDER BY indicator, level, vintage, unit_code, period
