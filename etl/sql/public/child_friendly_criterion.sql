SELECT
    unit_code,
    vintage,
    period,
    criterion,
    points_max,
    points
FROM child_friendly_criterion
ORDER BY vintage, unit_code, period, criterion
