-- A population group cannot be larger than all.
SELECT
    g.submission_id,
    'subgroup_above_total' AS rule,
    g.sheet,
    g.cell,
    g.measure,
    g.value,
    t.value AS limit_value,
    NULL AS rule_id
FROM staged_figure AS g
INNER JOIN staged_figure AS t ON g.submission_id = t.submission_id AND g.measure = t.measure
WHERE g.population_group <> 'total' AND t.population_group = 'total' AND g.value > t.value
