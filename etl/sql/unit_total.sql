-- The total of each measure in each unit, of its own time and of every later vintage: parts add up where all
-- reported it. Sensitive measures stay out, so that nothing built on this can name one.
SELECT
    m.measure,
    r.period,
    r.vintage,
    r.unit_code,
    CAST(sum(o.value) AS BIGINT) AS value
FROM report_part AS r
CROSS JOIN measure AS m
LEFT JOIN observation AS o
    ON
        m.measure = o.measure AND o.population_group = 'total'
        AND r.period = o.period AND r.from_vintage = o.vintage AND r.from_code = o.unit_code
WHERE NOT m.sensitive
GROUP BY m.measure, r.period, r.vintage, r.unit_code
HAVING count(o.value) = count(*)
ORDER BY m.measure, r.vintage, r.unit_code, r.period
