-- All indicators of one commune in one period, beside its district and the province.
SELECT
    p.*,
    i.label_vi,
    i.label_en,
    i.short_vi,
    i.short_en,
    d.value AS district_value,
    g.value AS province_value
FROM indicator_progress AS p
INNER JOIN indicator AS i ON p.indicator = i.indicator
INNER JOIN unit_name AS u ON p.period = u.period AND p.vintage = u.vintage AND p.unit_code = u.code
LEFT JOIN indicator_value AS d
    ON
        p.indicator = d.indicator AND d.level = 'district' AND u.district_code = d.unit_code
        AND p.vintage = d.vintage AND p.period = d.period AND p.population_group = d.population_group
LEFT JOIN indicator_value AS g
    ON
        p.indicator = g.indicator AND g.level = 'province'
        AND p.vintage = g.vintage AND p.period = g.period AND p.population_group = g.population_group
WHERE
    p.level = 'commune' AND p.population_group = 'total'
    AND p.unit_code = $unit AND p.period = $period AND p.vintage = $vintage
ORDER BY p.target, i.sequence
