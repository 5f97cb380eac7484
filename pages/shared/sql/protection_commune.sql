-- What is shown of child protection for one commune in every period, in the order of the form and of time.
SELECT
    c.measure,
    c.period,
    c.state,
    c.value,
    m.code,
    m.label_vi,
    m.label_en
FROM protection_count AS c
INNER JOIN measure AS m ON c.measure = m.measure
INNER JOIN period AS q ON c.period = q.period
WHERE
    c.level = 'commune' AND c.population_group = 'total' AND c.unit_code = $unit AND c.vintage = $vintage
    AND c.measure NOT IN (
        SELECT r.operand
        FROM measure_rule AS r
        INNER JOIN measure AS w ON r.measure = w.measure
        WHERE NOT w.sensitive
    )
ORDER BY m.code, q.sequence
