-- All indicators of all communes in one period.
SELECT
    p.*,
    u.name,
    u.district
FROM indicator_progress AS p
INNER JOIN unit_name AS u ON p.period = u.period AND p.vintage = u.vintage AND p.unit_code = u.code
WHERE p.level = 'commune' AND p.population_group = 'total' AND p.period = $period AND p.vintage = $vintage
ORDER BY u.code, p.indicator
