-- Who is left out where: the communes of one indicator, those that take most of the province's gap first.
-- closes is what a commune brings once it reaches the target itself; the first communes whose sum reaches the
-- province's gap are the smallest set that closes it, because no other set of as many brings more.
-- A share of communes is counted in communes, and left out are the children of those that do not count.
WITH commune AS (
    SELECT
        p.*,
        u.name,
        u.district,
        i.kind,
        CASE
            WHEN i.kind = 'ratio' THEN p.denominator - p.numerator
            WHEN p.numerator = 1 THEN 0
            WHEN p.numerator = 0 THEN c.children_under16
        END AS left_out,
        CASE WHEN i.kind = 'ratio' THEN p.gap ELSE p.denominator - p.numerator END AS closes
    FROM indicator_progress AS p
    INNER JOIN indicator AS i ON p.indicator = i.indicator
    INNER JOIN unit_name AS u ON p.period = u.period AND p.vintage = u.vintage AND p.unit_code = u.code
    LEFT JOIN commune_play_area AS c
        ON p.period = c.period AND p.vintage = c.vintage AND p.unit_code = c.unit_code
    WHERE
        p.level = 'commune' AND p.population_group = 'total'
        AND p.indicator = $indicator AND p.period = $period AND p.vintage = $vintage
),

running AS (
    SELECT
        c.*,
        g.gap AS province_gap,
        sum(c.closes) OVER (
            ORDER BY c.closes DESC NULLS LAST, c.left_out DESC NULLS LAST, c.unit_code
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS closed_so_far
    FROM commune AS c
    LEFT JOIN indicator_progress AS g
        ON
            c.indicator = g.indicator AND c.period = g.period AND c.vintage = g.vintage
            AND g.level = 'province' AND g.population_group = 'total'
)

SELECT
    *,
    coalesce(closes > 0 AND province_gap > 0 AND closed_so_far - closes < province_gap, FALSE) AS in_closing_set
FROM running
ORDER BY left_out DESC NULLS LAST, unit_code
