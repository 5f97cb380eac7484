-- The total of each measure in each unit, of its own time and of every later vintage: parts add up where all
-- reported it. Sensitive measures stay out, so that nothing built on this can name one.
SELECT
    m.measure,
    e.period,
    r.to_vintage AS vintage,
    r.to_code AS unit_code,
    CAST(sum(o.value) AS BIGINT) AS value
FROM expected_report AS e
INNER JOIN unit_rollup AS r ON e.vintage = r.from_vintage AND e.unit_code = r.from_code
CROSS JOIN measure AS m
LEFT JOIN observation AS o
    ON
        m.measure = o.measure AND o.population_group = 'total'
        AND e.period = o.period AND e.vintage = o.vintage AND e.unit_code = o.unit_code
WHERE NOT m.sensitive
GROUP BY m.measure, e.period, r.to_vintage, r.to_code
HAVING count(o.value) = count(*)
ORDER BY m.measure, r.to_vintage, r.to_code, e.period
