-- Each indicator beside its target and beside the year before, for every level and population group.
-- Comparison and gap are exact: whole numbers against decimals, never percentages against each other.
WITH compared AS (
    SELECT
        l.indicator,
        t.target,
        l.level,
        l.unit_code,
        l.vintage,
        l.period,
        l.population_group,
        l.numerator,
        l.denominator,
        percentage(l.numerator, l.denominator) AS value,
        l.units_reported,
        l.units_expected,
        l.applicable,
        t.plan_year,
        t.comparator,
        t.target_value,
        t.near_margin,
        before.numerator AS numerator_year_before,
        before.denominator AS denominator_year_before,
        percentage(before.numerator, before.denominator) AS value_year_before,
        t.target_fraction,
        t.target_fraction * CAST(l.denominator AS DECIMAL(18, 0)) AS needed
    FROM indicator_total AS l
    INNER JOIN period AS p ON l.period = p.period
    LEFT JOIN target AS t ON l.indicator = t.indicator AND l.period = t.period
    LEFT JOIN indicator_total AS before
        ON
            l.indicator = before.indicator AND l.level = before.level AND l.vintage = before.vintage
            AND l.unit_code = before.unit_code AND p.year_before = before.period
            AND l.population_group = before.population_group
),

judged AS (
    SELECT
        *,
        CASE
            WHEN value IS NULL THEN NULL
            WHEN comparator IN ('>=', '>') THEN meets_target(numerator, denominator, comparator, target_fraction)
            WHEN value_year_before IS NULL THEN NULL
            WHEN comparator = 'rising'
                THEN numerator * denominator_year_before > numerator_year_before * denominator
        END AS met,
        CASE
            WHEN value IS NULL THEN NULL
            WHEN comparator = '>=' THEN greatest(0, CAST(ceil(needed) AS BIGINT) - numerator)
            WHEN comparator = '>' THEN greatest(0, CAST(floor(needed) AS BIGINT) + 1 - numerator)
        END AS gap
    FROM compared
)

SELECT
    indicator,
    target,
    level,
    unit_code,
    vintage,
    period,
    population_group,
    numerator,
    denominator,
    value,
    units_reported,
    units_expected,
    plan_year,
    comparator,
    target_value,
    numerator_year_before,
    denominator_year_before,
    value_year_before,
    met,
    gap,
    CASE
        WHEN NOT applicable THEN 'not_applicable'
        WHEN numerator IS NULL THEN 'not_reported'
        WHEN denominator = 0 THEN 'not_applicable'
        WHEN comparator IS NULL THEN 'no_target'
        WHEN met THEN 'met'
        WHEN met IS NULL THEN 'no_baseline'
        WHEN comparator <> 'rising' AND value >= CAST(target_value - near_margin AS DOUBLE) THEN 'near'
        ELSE 'missed'
    END AS status
FROM judged
ORDER BY level, population_group, period, vintage, indicator, unit_code
