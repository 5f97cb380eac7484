-- What chance alone can do to each share, in percent: the interval of the value itself (lower, upper), and where a unit
-- of its size would lie if it were like the whole province (funnel limits: inner 95 %, outer 99.8 %).
-- reading: ahead or behind only outside the outer limits, else alike; NULL where there is no value.
-- One commune's yes or no is no share: it has neither.
WITH share AS (
    SELECT
        v.indicator,
        v.level,
        v.unit_code,
        v.vintage,
        v.period,
        v.numerator,
        v.denominator,
        v.value
    FROM indicator_value AS v
    INNER JOIN indicator AS i ON v.indicator = i.indicator
    WHERE v.population_group = 'total' AND (i.kind = 'ratio' OR v.level <> 'commune')
),

beside AS (
    SELECT
        s.*,
        g.value AS province_value,
        CAST(g.numerator AS DOUBLE) / nullif(g.denominator, 0) AS province_share,
        z.z_inner,
        z.z_outer
    FROM share AS s
    INNER JOIN share AS g
        ON s.indicator = g.indicator AND s.vintage = g.vintage AND s.period = g.period AND g.level = 'province'
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
        province_value,
        100 * score_lower(numerator, denominator, z_inner) AS lower,
        100 * score_upper(numerator, denominator, z_inner) AS upper,
        100 * funnel_lower(province_share, denominator, z_inner) AS inner_lower,
        100 * funnel_upper(province_share, denominator, z_inner) AS inner_upper,
        100 * funnel_lower(province_share, denominator, z_outer) AS outer_lower,
        100 * funnel_upper(province_share, denominator, z_outer) AS outer_upper
    FROM beside
)

SELECT
    *,
    CASE
        WHEN value IS NULL OR level = 'province' THEN NULL
        WHEN value < outer_lower THEN 'behind'
        WHEN value > outer_upper THEN 'ahead'
        ELSE 'alike'
    END AS reading
FROM limited
ORDER BY indicator, level, vintage, period, unit_code
