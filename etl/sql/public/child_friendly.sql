SELECT
    unit_code,
    vintage,
    period,
    stage,
    registered_on,
    recognised_on,
    score
FROM child_friendly
ORDER BY vintage, unit_code, period
