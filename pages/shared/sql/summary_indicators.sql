-- All indicators of all communes in one period, beside district and province, with the places that chance leaves open:
-- from place_from, counting those surely above, to place_to. Sure is what two 95 % intervals that do not touch tell.
WITH place AS (
    SELECT
        a.indicator,
        a.unit_code,
        1 + sum(CASE WHEN b.lower > a.upper THEN 1 ELSE 0 END) AS place_from,
        count(*) - sum(CASE WHEN b.upper < a.lower THEN 1 ELSE 0 END) AS place_to
    FROM chance AS a
    INNER JOIN chance AS b
        ON a.indicator = b.indicator AND a.level = b.level AND a.vintage = b.vintage AND a.period = b.period
    WHERE
        a.level = 'commune' AND a.period = $period AND a.vintage = $vintage
        AND a.lower IS NOT NULL AND b.lower IS NOT NULL
    GROUP BY a.indicator, a.unit_code
)

SELECT
    p.*,
    i.short_vi,
    i.short_en,
    u.name,
    u.district,
    d.numerator AS district_numerator,
    d.denominator AS district_denominator,
    g.numerator AS province_numerator,
    g.denominator AS province_denominator,
    CAST(s.place_from AS BIGINT) AS place_from,
    CAST(s.place_to AS BIGINT) AS place_to
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
LEFT JOIN place AS s ON p.indicator = s.indicator AND p.unit_code = s.unit_code
WHERE p.level = 'commune' AND p.population_group = 'total' AND p.period = $period AND p.vintage = $vintage
ORDER BY p.unit_code, p.target, i.sequence
