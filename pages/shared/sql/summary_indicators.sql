-- All indicators of all communes in one period, beside district and province, with the places that chance leaves open:
-- from place_from, counting those surely above, to place_to. Sure is what two 95 % intervals that do not touch tell.
SELECT
    p.indicator,
    p.target,
    p.level,
    p.unit_code,
    p.period,
    p.numerator,
    p.denominator,
    p.value,
    p.units_reported,
    p.units_expected,
    p.comparator,
    p.target_value,
    p.numerator_year_before,
    p.denominator_year_before,
    p.value_year_before,
    p.gap,
    p.status,
    i.short_vi,
    i.short_en,
    u.name,
    u.district,
    d.numerator AS district_numerator,
    d.denominator AS district_denominator,
    g.numerator AS province_numerator,
    g.denominator AS province_denominator,
    s.place_from,
    s.place_to
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
LEFT JOIN chance AS s
    ON
        p.indicator = s.indicator AND p.level = s.level AND p.unit_code = s.unit_code
        AND p.vintage = s.vintage AND p.period = s.period
WHERE p.level = 'commune' AND p.population_group = 'total' AND p.period = $period AND p.vintage = $vintage
ORDER BY p.unit_code, p.target, i.sequence
