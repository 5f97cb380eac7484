-- What the share of communes would be if the play areas of one condition, or of any, were in operation too.
-- The rule of the indicator holds: a commune counts once, and one that has none and did not report all stays out.
-- built_period holds the periods whose rows are built.
WITH waiting AS (
    SELECT DISTINCT
        s.period,
        s.vintage,
        s.unit_code,
        s.condition
    FROM play_area_site AS s
    INNER JOIN built_period AS b ON s.period = b.period
    WHERE NOT s.counts
),

opened AS (
    SELECT
        c.condition,
        f.period,
        f.vintage,
        f.unit_code,
        f.has_play_area,
        f.children_under16,
        CASE WHEN w.unit_code IS NOT NULL THEN 1 ELSE f.has_play_area END AS would_have
    FROM commune_play_area AS f
    INNER JOIN play_area_condition AS c ON NOT c.counts
    LEFT JOIN waiting AS w
        ON
            f.period = w.period AND f.vintage = w.vintage AND f.unit_code = w.unit_code
            AND c.condition = w.condition
    UNION ALL
    SELECT
        NULL AS condition,
        f.period,
        f.vintage,
        f.unit_code,
        f.has_play_area,
        f.children_under16,
        CASE WHEN w.unit_code IS NOT NULL THEN 1 ELSE f.has_play_area END AS would_have
    FROM commune_play_area AS f
    LEFT JOIN (SELECT DISTINCT period, vintage, unit_code FROM waiting) AS w
        ON f.period = w.period AND f.vintage = w.vintage AND f.unit_code = w.unit_code
)

SELECT
    condition,
    period,
    vintage,
    CAST(sum(would_have) AS BIGINT) AS communes_with,
    count(would_have) AS communes_reported,
    sum(CASE WHEN would_have = 1 AND coalesce(has_play_area, 0) = 0 THEN 1 ELSE 0 END) AS communes_gained,
    CAST(
        sum(CASE WHEN would_have = 1 AND coalesce(has_play_area, 0) = 0 THEN children_under16 END) AS BIGINT
    ) AS children_gained
FROM opened
GROUP BY condition, period, vintage
ORDER BY period, vintage, condition
