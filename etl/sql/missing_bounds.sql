-- Between what a district's or the province's share lies whatever the missing communes have: at lower they all stand at
-- 0 %, at upper at 100 % of their last known denominator. In percent; NULL where one of them is not known at all.
-- verdict: complete, met or not_met whatever the missing say, depends on them, or unknown; NULL without a target value.
WITH lacking AS (
    SELECT
        m.indicator,
        m.period,
        m.vintage,
        'province' AS level,
        p.code AS unit_code,
        m.last_denominator
    FROM missing_report AS m
    CROSS JOIN province AS p
    UNION ALL
    SELECT
        m.indicator,
        m.period,
        m.vintage,
        'district' AS level,
        u.district_code AS unit_code,
        m.last_denominator
    FROM missing_report AS m
    INNER JOIN unit AS u ON m.vintage = u.vintage AND m.unit_code = u.code
    WHERE u.district_code IS NOT NULL
),

summed AS (
    SELECT
        indicator,
        period,
        vintage,
        level,
        unit_code,
        count(*) AS units_missing,
        count(*) - count(last_denominator) AS units_unknown,
        CAST(sum(last_denominator) AS BIGINT) AS missing_denominator
    FROM lacking
    GROUP BY indicator, period, vintage, level, unit_code
),

bounded AS (
    SELECT
        p.indicator,
        p.level,
        p.unit_code,
        p.vintage,
        p.period,
        p.value,
        p.comparator,
        t.target_fraction,
        coalesce(p.numerator, 0) AS numerator,
        coalesce(s.units_missing, 0) AS units_missing,
        coalesce(s.units_unknown, 0) AS units_unknown,
        CASE WHEN coalesce(s.units_unknown, 0) = 0 THEN coalesce(s.missing_denominator, 0) END AS missing_denominator,
        coalesce(p.denominator, 0)
        + CASE WHEN coalesce(s.units_unknown, 0) = 0 THEN coalesce(s.missing_denominator, 0) END AS whole_denominator
    FROM indicator_progress AS p
    LEFT JOIN target AS t ON p.indicator = t.indicator AND p.period = t.period
    LEFT JOIN summed AS s
        ON
            p.indicator = s.indicator AND p.period = s.period AND p.vintage = s.vintage
            AND p.level = s.level AND p.unit_code = s.unit_code
    WHERE p.level <> 'commune' AND p.population_group = 'total' AND (p.numerator IS NOT NULL OR s.units_missing > 0)
)

SELECT
    indicator,
    level,
    unit_code,
    vintage,
    period,
    units_missing,
    units_unknown,
    numerator,
    missing_denominator,
    whole_denominator,
    percentage(numerator, whole_denominator) AS lower,
    percentage(numerator + missing_denominator, whole_denominator) AS upper,
    CASE
        WHEN target_fraction IS NULL THEN NULL
        WHEN units_missing = 0 THEN 'complete'
        WHEN coalesce(whole_denominator, 0) = 0 THEN 'unknown'
        WHEN meets_target(numerator, whole_denominator, comparator, target_fraction) THEN 'met'
        WHEN NOT meets_target(numerator + missing_denominator, whole_denominator, comparator, target_fraction)
            THEN 'not_met'
        ELSE 'depends'
    END AS verdict
FROM bounded
ORDER BY level, period, vintage, indicator, unit_code
