SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    numerator,
    denominator,
    value,
    province_value,
    lower,
    upper,
    inner_lower,
    inner_upper,
    outer_lower,
    outer_upper,
    reading
FROM chance
ORDER BY indicator, level, vintage, unit_code, period
