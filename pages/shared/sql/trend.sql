-- One indicator for the whole province through time: in the chosen units, and after their time in those that
-- followed. A share of communes stops with its communes: of 40 it is not the same as of 111.
SELECT
    p.*,
    q.cut_off
FROM indicator_progress AS p
INNER JOIN period AS q ON p.period = q.period
INNER JOIN indicator AS i ON p.indicator = i.indicator
WHERE
    p.level = 'province' AND p.indicator = $indicator AND p.population_group = 'total'
    AND (p.vintage = $vintage OR (i.kind = 'ratio' AND p.vintage = q.vintage AND q.vintage > $vintage))
ORDER BY q.sequence
