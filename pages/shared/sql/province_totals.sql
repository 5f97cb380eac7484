-- The province's totals of the measures that everyone may see, in one period. value NULL is not reported.
SELECT
    m.measure,
    m.label_vi,
    m.label_en,
    CAST(sum(o.value) AS BIGINT) AS value
FROM measure AS m
LEFT JOIN observation AS o ON m.measure = o.measure AND o.population_group = 'total' AND o.period = $period
WHERE NOT m.sensitive
GROUP BY m.measure, m.code, m.label_vi, m.label_en
ORDER BY m.code
