-- What the share of communes would be if the play areas of one condition were in operation too; NULL: of any.
-- The first row, of the condition `now`, is the share as it is.
WITH chosen AS (
    SELECT
        o.condition,
        o.communes_with,
        o.communes_reported,
        o.communes_gained,
        o.children_gained
    FROM play_area_outlook AS o
    WHERE o.period = $period AND o.vintage = $vintage
    UNION ALL
    SELECT
        'now' AS condition,
        CAST(sum(c.has_play_area) AS BIGINT) AS communes_with,
        count(c.has_play_area) AS communes_reported,
        0 AS communes_gained,
        0 AS children_gained
    FROM commune_play_area AS c
    WHERE c.period = $period AND c.vintage = $vintage
)

SELECT
    c.*,
    CASE t.comparator
        WHEN '>=' THEN c.communes_with >= t.target_fraction * c.communes_reported
        WHEN '>' THEN c.communes_with > t.target_fraction * c.communes_reported
    END AS met
FROM chosen AS c
INNER JOIN indicator AS i ON i.numerator = 'communes_with_play_area'
LEFT JOIN target AS t ON i.indicator = t.indicator AND t.period = $period
WHERE c.communes_reported > 0
ORDER BY CASE WHEN c.condition = 'now' THEN 0 WHEN c.condition IS NULL THEN 2 ELSE 1 END, c.communes_gained, c.condition
