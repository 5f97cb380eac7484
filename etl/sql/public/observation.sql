-- Without sensitive figures: those are in protection_count.
SELECT
    n.number AS submission_id,
    o.unit_code,
    o.vintage,
    o.period,
    o.measure,
    o.population_group,
    o.value
FROM observation AS o
INNER JOIN measure AS m ON o.measure = m.measure
INNER JOIN submission_number AS n ON o.submission_id = n.submission_id
WHERE NOT m.sensitive
ORDER BY o.measure, o.population_group, o.vintage, o.unit_code, o.period
