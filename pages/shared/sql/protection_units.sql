-- What is shown of child protection for communes or for districts, under the names of the period; by name.
-- Groups of children that a public figure bounds are left out: they are masked there, whatever was reported.
SELECT
    c.measure,
    c.unit_code,
    c.state,
    c.value,
    c.units_reported,
    c.units_expected,
    coalesce(u.name, d.district) AS name,
    u.district
FROM protection_count AS c
INNER JOIN measure AS m ON c.measure = m.measure
LEFT JOIN unit_name AS u
    ON c.level = 'commune' AND c.period = u.period AND c.vintage = u.vintage AND c.unit_code = u.code
LEFT JOIN (SELECT DISTINCT period, vintage, district_code, district FROM unit_name) AS d
    ON c.level = 'district' AND c.period = d.period AND c.vintage = d.vintage AND c.unit_code = d.district_code
WHERE
    c.level = $level AND c.population_group = 'total' AND c.period = $period AND c.vintage = $vintage
    AND c.measure NOT IN (
        SELECT r.operand
        FROM measure_rule AS r
        INNER JOIN measure AS w ON r.measure = w.measure
        WHERE NOT w.sensitive
    )
ORDER BY c.unit_code, m.code
