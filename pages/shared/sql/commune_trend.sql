-- Every indicator of one commune in every period that it can be seen in, in the order of time.
SELECT
    p.*,
    q.cut_off
FROM indicator_progress AS p
INNER JOIN period AS q ON p.period = q.period
WHERE p.level = 'commune' AND p.population_group = 'total' AND p.unit_code = $unit AND p.vintage = $vintage
ORDER BY p.indicator, q.sequence
