-- One indicator by commune or by district, under the names of its time; the lowest first, those without a value last.
SELECT
    p.*,
    coalesce(u.name, d.district) AS name,
    u.district
FROM indicator_progress AS p
LEFT JOIN unit_name AS u
    ON p.level = 'commune' AND p.period = u.period AND p.vintage = u.vintage AND p.unit_code = u.code
LEFT JOIN (SELECT DISTINCT period, vintage, district_code, district FROM unit_name) AS d
    ON p.level = 'district' AND p.period = d.period AND p.vintage = d.vintage AND p.unit_code = d.district_code
WHERE
    p.level = $level AND p.indicator = $indicator AND p.population_group = $population_group
    AND p.period = $period AND p.vintage = $vintage
ORDER BY p.value NULLS LAST, p.denominator DESC, p.unit_code
