SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    years,
    years_needed,
    chi_square,
    status
FROM recent_trend
ORDER BY indicator, level, vintage, unit_code, period
