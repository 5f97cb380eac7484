-- All indicators of all communes until one period, at the same time of the year, in the order of time.
SELECT
    p.unit_code,
    p.level,
    p.indicator,
    p.period,
    p.numerator,
    p.denominator,
    p.value,
    p.comparator,
    p.target_value,
    p.gap,
    p.status
FROM indicator_progress AS p
INNER JOIN period AS q ON p.period = q.period
INNER JOIN period AS c ON q.sequence <= c.sequence AND (q.period LIKE '%-H1') = (c.period LIKE '%-H1')
WHERE p.level = 'commune' AND p.population_group = 'total' AND p.vintage = $vintage AND c.period = $period
ORDER BY p.unit_code, p.indicator, q.sequence
