-- One indicator by commune, the lowest first, with what chance can do to each and the places that it leaves open:
-- from place_from, counting those surely above, to place_to. Sure is what two 95 % intervals that do not touch tell.
-- pace and trend are those up to the last whole year.
SELECT
    p.*,
    u.name,
    u.district,
    c.lower,
    c.upper,
    c.inner_lower,
    c.inner_upper,
    c.outer_lower,
    c.outer_upper,
    c.province_value,
    c.reading,
    c.place_from,
    c.place_to,
    s.status AS pace,
    t.status AS trend
FROM indicator_progress AS p
INNER JOIN period AS q ON p.period = q.period
INNER JOIN unit AS u ON p.vintage = u.vintage AND p.unit_code = u.code
LEFT JOIN chance AS c
    ON
        p.indicator = c.indicator AND p.level = c.level AND p.unit_code = c.unit_code AND p.vintage = c.vintage
        AND p.period = c.period
LEFT JOIN pace AS s
    ON
        p.indicator = s.indicator AND p.level = s.level AND p.unit_code = s.unit_code AND p.vintage = s.vintage
        AND CASE WHEN p.period LIKE '%-H1' THEN q.period_before ELSE p.period END = s.period
LEFT JOIN recent_trend AS t
    ON
        p.indicator = t.indicator AND p.level = t.level AND p.unit_code = t.unit_code AND p.vintage = t.vintage
        AND CASE WHEN p.period LIKE '%-H1' THEN q.period_before ELSE p.period END = t.period
WHERE
    p.level = 'commune' AND p.indicator = $indicator AND p.population_group = 'total'
    AND p.period = $period AND p.vintage = $vintage
ORDER BY p.value NULLS LAST, p.denominator DESC, p.unit_code
