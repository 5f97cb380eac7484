-- One indicator for the whole province through time: in the chosen units, and after their time in those that followed.
SELECT
    p.*,
    q.cut_off,
    q.sequence
FROM warehouse.indicator_progress AS p
INNER JOIN warehouse.period AS q ON p.period = q.period
WHERE
    p.level = 'province' AND p.indicator = $indicator AND p.population_group = 'total'
    AND (p.vintage = $vintage OR (p.vintage = q.vintage AND q.vintage > $vintage))
ORDER BY q.sequence
