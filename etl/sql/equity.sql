-- Each group of children, and the communes of each trait, beside all others in the province: difference in percentage
-- points and ratio of the two shares, with the limits that chance allows (95 %).
-- Others are all minus the group, unit by unit, where both were reported for both. A unit whose others would come out
-- below 0 % or above 100 % contradicts itself: units_contradictory counts them, and they stay in the sums.
-- reading: behind, alike or ahead; contradictory where the sums do the same, not_applicable where either has nobody.
-- A ratio needs others above 0, and its limits both above 0.
-- built_period holds the periods whose rows are built.
WITH commune AS (
    SELECT
        i.indicator,
        i.population_group,
        i.period,
        i.vintage,
        i.unit_code,
        i.numerator,
        i.denominator
    FROM indicator_total AS i
    INNER JOIN built_period AS b ON i.period = b.period
    WHERE i.level = 'commune'
),

paired AS (
    SELECT
        g.indicator,
        g.population_group AS comparison,
        g.period,
        g.numerator AS group_numerator,
        g.denominator AS group_denominator,
        a.numerator - g.numerator AS other_numerator,
        a.denominator - g.denominator AS other_denominator
    FROM commune AS g
    INNER JOIN commune AS a
        ON
            g.indicator = a.indicator AND g.period = a.period AND g.vintage = a.vintage AND g.unit_code = a.unit_code
            AND a.population_group = 'total'
    -- As it was reported: in a merged unit, one part may have reported the group and another not.
    INNER JOIN period AS q ON g.period = q.period AND g.vintage = q.vintage
    WHERE g.population_group <> 'total' AND g.numerator IS NOT NULL AND a.numerator IS NOT NULL
),

trait AS (
    SELECT
        t.vintage,
        t.code,
        'border' AS comparison,
        t.border AS holds
    FROM unit_trait AS t
    UNION ALL
    SELECT
        t.vintage,
        t.code,
        'extremely_difficult' AS comparison,
        t.extremely_difficult AS holds
    FROM unit_trait AS t
),

seen AS (
    SELECT DISTINCT
        period,
        vintage
    FROM commune
),

summed AS (
    SELECT
        p.indicator,
        p.comparison,
        s.vintage,
        p.period,
        count(*) AS units_compared,
        sum(
            CASE WHEN p.other_numerator < 0 OR p.other_numerator > p.other_denominator THEN 1 ELSE 0 END
        ) AS units_contradictory,
        sum(p.group_numerator) AS group_numerator,
        sum(p.group_denominator) AS group_denominator,
        sum(p.other_numerator) AS other_numerator,
        sum(p.other_denominator) AS other_denominator
    FROM paired AS p
    INNER JOIN seen AS s ON p.period = s.period
    GROUP BY p.indicator, p.comparison, s.vintage, p.period
    UNION ALL
    SELECT
        c.indicator,
        t.comparison,
        c.vintage,
        c.period,
        count(*) AS units_compared,
        0 AS units_contradictory,
        sum(CASE WHEN t.holds THEN c.numerator ELSE 0 END) AS group_numerator,
        sum(CASE WHEN t.holds THEN c.denominator ELSE 0 END) AS group_denominator,
        sum(CASE WHEN t.holds THEN 0 ELSE c.numerator END) AS other_numerator,
        sum(CASE WHEN t.holds THEN 0 ELSE c.denominator END) AS other_denominator
    FROM commune AS c
    INNER JOIN trait AS t ON c.vintage = t.vintage AND c.unit_code = t.code
    WHERE c.population_group = 'total' AND c.numerator IS NOT NULL
    GROUP BY c.indicator, t.comparison, c.vintage, c.period
),

share AS (
    SELECT
        indicator,
        comparison,
        vintage,
        period,
        CAST(units_compared AS BIGINT) AS units_compared,
        CAST(units_contradictory AS BIGINT) AS units_contradictory,
        CAST(group_numerator AS BIGINT) AS x,
        CAST(nullif(group_denominator, 0) AS BIGINT) AS n,
        CAST(other_numerator AS BIGINT) AS y,
        CAST(nullif(other_denominator, 0) AS BIGINT) AS m,
        other_numerator < 0 OR other_numerator > other_denominator AS contradictory
    FROM summed
),

limited AS (
    SELECT
        h.*,
        z.z_inner,
        CAST(h.x AS DOUBLE) / h.n AS p,
        CASE WHEN NOT h.contradictory THEN CAST(h.y AS DOUBLE) / h.m END AS q,
        score_lower(h.x, h.n, z.z_inner) AS p_lower,
        score_upper(h.x, h.n, z.z_inner) AS p_upper,
        score_lower(h.y, h.m, z.z_inner) AS q_lower,
        score_upper(h.y, h.m, z.z_inner) AS q_upper,
        log_ratio_error(h.x, h.n, h.y, h.m) AS ratio_error
    FROM share AS h
    CROSS JOIN statistic AS z
),

compared AS (
    SELECT
        *,
        100 * (p - q) AS difference,
        100 * (p - q - difference_reach(p, q, p_lower, q_upper)) AS difference_lower,
        100 * (p - q + difference_reach(p, q, p_upper, q_lower)) AS difference_upper,
        p / nullif(q, 0) AS ratio
    FROM limited
)

SELECT
    indicator,
    comparison,
    vintage,
    period,
    units_compared,
    units_contradictory,
    x AS group_numerator,
    n AS group_denominator,
    100 * p AS group_value,
    y AS other_numerator,
    m AS other_denominator,
    100 * q AS other_value,
    difference,
    difference_lower,
    difference_upper,
    ratio,
    ratio * exp(-z_inner * ratio_error) AS ratio_lower,
    ratio * exp(z_inner * ratio_error) AS ratio_upper,
    CASE
        WHEN contradictory THEN 'contradictory'
        WHEN difference IS NULL THEN 'not_applicable'
        WHEN difference_upper < 0 THEN 'behind'
        WHEN difference_lower > 0 THEN 'ahead'
        ELSE 'alike'
    END AS reading
FROM compared
ORDER BY indicator, vintage, period, comparison
