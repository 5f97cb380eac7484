-- One indicator by commune, the lowest first, with what chance can do to each and the places that it leaves open:
-- from place_from, counting those surely above, to place_to. Sure is what two 95 % intervals that do not touch tell.
-- pace and trend are those up to the last whole year.
WITH commune AS (
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
),

place AS (
    SELECT
        a.unit_code,
        1 + sum(CASE WHEN b.lower > a.upper THEN 1 ELSE 0 END) AS place_from,
        count(*) - sum(CASE WHEN b.upper < a.lower THEN 1 ELSE 0 END) AS place_to
    FROM commune AS a
    CROSS JOIN commune AS b
    WHERE a.lower IS NOT NULL AND b.lower IS NOT NULL
    GROUP BY a.unit_code
)

SELECT
    c.*,
    CAST(p.place_from AS BIGINT) AS place_from,
    CAST(p.place_to AS BIGINT) AS place_to
FROM commune AS c
LEFT JOIN place AS p ON c.unit_code = p.unit_code
ORDER BY c.value NULLS LAST, c.denominator DESC, c.unit_code
