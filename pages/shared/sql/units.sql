-- One indicator by commune or by district, the lowest first, those without a value last.
SELECT
    p.*,
    coalesce(u.name, d.district) AS name,
    u.district,
    r.status IS NOT NULL AS report_received
FROM indicator_progress AS p
LEFT JOIN unit AS u ON p.level = 'commune' AND p.vintage = u.vintage AND p.unit_code = u.code
LEFT JOIN (SELECT DISTINCT vintage, district_code, district FROM unit) AS d
    ON p.level = 'district' AND p.vintage = d.vintage AND p.unit_code = d.district_code
LEFT JOIN submission AS r
    ON
        p.vintage = r.vintage AND p.unit_code = r.unit_code AND p.period = r.period
        AND r.status IN ('accepted', 'approved')
WHERE
    p.level = $level AND p.indicator = $indicator AND p.population_group = $population_group
    AND p.period = $period AND p.vintage = $vintage
ORDER BY p.value NULLS LAST, p.denominator DESC, p.unit_code
