-- What chance alone can do to each share, in percent: the interval of the value itself (lower, upper), and where a unit
-- of its size would lie if it were like the whole province (funnel limits: inner 95 %, outer 99.8 %).
-- reading: ahead or behind only outside the outer limits, else alike; NULL where there is no value.
-- place_from, counting those surely above, to place_to are the places among units of the same level that chance leaves
-- open. Sure is what two intervals that do not touch tell: how many ends of the other side come before an end says it.
-- comparison numbers what is held against one share of the province.
-- One commune's yes or no is no share: it has neither. built_period holds the periods whose rows are built.
WITH share AS (
    SELECT
        v.indicator,
        v.level,
        v.unit_code,
        v.vintage,
        v.period,
        v.numerator,
        v.denominator,
        percentage(v.numerator, v.denominator) AS value
    FROM indicator_total AS v
    INNER JOIN indicator AS i ON v.indicator = i.indicator
    INNER JOIN built_period AS t ON v.period = t.period
    WHERE v.population_group = 'total' AND (i.kind = 'ratio' OR v.level <> 'commune')
),

province AS (
    SELECT
        *,
        row_number() OVER (ORDER BY indicator, vintage, period) AS comparison
    FROM share
    WHERE level = 'province'
),

beside AS (
    SELECT
        s.*,
        g.comparison,
        g.value AS province_value,
        CAST(g.numerator AS DOUBLE) / nullif(g.denominator, 0) AS province_share,
        z.z_inner,
        z.z_outer
    FROM share AS s
    INNER JOIN province AS g ON s.indicator = g.indicator AND s.vintage = g.vintage AND s.period = g.period
    CROSS JOIN statistic AS z
),

limited AS (
    SELECT
        indicator,
        level,
        unit_code,
        vintage,
        period,
        numerator,
        denominator,
        value,
        comparison,
        province_value,
        100 * score_lower(numerator, denominator, z_inner) AS lower,
        100 * score_upper(numerator, denominator, z_inner) AS upper,
        100 * funnel_lower(province_share, denominator, z_inner) AS inner_lower,
        100 * funnel_upper(province_share, denominator, z_inner) AS inner_upper,
        100 * funnel_lower(province_share, denominator, z_outer) AS outer_lower,
        100 * funnel_upper(province_share, denominator, z_outer) AS outer_upper
    FROM beside
),

interval_end AS (
    SELECT
        l.comparison,
        l.level,
        l.unit_code,
        e.side,
        CASE e.side WHEN 'lower' THEN l.lower ELSE l.upper END AS x
    FROM limited AS l
    CROSS JOIN (VALUES ('lower'), ('upper')) AS e (side)
    WHERE l.lower IS NOT NULL
),

ranked AS (
    SELECT
        *,
        rank() OVER (PARTITION BY comparison, level ORDER BY x, side)
        - rank() OVER (PARTITION BY comparison, level, side ORDER BY x) AS ends_of_other_side,
        count(*) OVER (PARTITION BY comparison, level) / 2 AS units
    FROM interval_end
),

place AS (
    SELECT
        comparison,
        level,
        unit_code,
        CAST(1 + max(CASE side WHEN 'upper' THEN units - ends_of_other_side END) AS BIGINT) AS place_from,
        CAST(max(CASE side WHEN 'lower' THEN units - ends_of_other_side END) AS BIGINT) AS place_to
    FROM ranked
    GROUP BY comparison, level, unit_code
)

SELECT
    l.indicator,
    l.level,
    l.unit_code,
    l.vintage,
    l.period,
    l.numerator,
    l.denominator,
    l.value,
    l.province_value,
    l.lower,
    l.upper,
    l.inner_lower,
    l.inner_upper,
    l.outer_lower,
    l.outer_upper,
    CASE
        WHEN l.value IS NULL OR l.level = 'province' THEN NULL
        WHEN l.value < l.outer_lower THEN 'behind'
        WHEN l.value > l.outer_upper THEN 'ahead'
        ELSE 'alike'
    END AS reading,
    p.place_from,
    p.place_to
FROM limited AS l
LEFT JOIN place AS p ON l.comparison = p.comparison AND l.level = p.level AND l.unit_code = p.unit_code
ORDER BY l.level, l.period, l.vintage, l.indicator, l.unit_code
