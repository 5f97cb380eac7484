-- What is shown of child protection for the whole province through time: in the chosen units, and after their time in
-- those that followed. bounded: a group of children that a public figure bounds, shown for the whole province alone.
SELECT
    c.*,
    m.code,
    m.label_vi,
    m.label_en,
    b.operand IS NOT NULL AS bounded
FROM protection_count AS c
INNER JOIN measure AS m ON c.measure = m.measure
INNER JOIN period AS q ON c.period = q.period
LEFT JOIN (
    SELECT DISTINCT r.operand
    FROM measure_rule AS r
    INNER JOIN measure AS w ON r.measure = w.measure
    WHERE NOT w.sensitive
) AS b ON c.measure = b.operand
WHERE c.level = 'province' AND (c.vintage = $vintage OR (c.vintage = q.vintage AND q.vintage > $vintage))
ORDER BY m.code, c.population_group DESC, q.sequence
