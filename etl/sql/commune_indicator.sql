-- Numerator and denominator of each commune, of its own time and of every later vintage that it lies in.
-- A pair counts only where both were reported. Parts of a merged unit add up; for a share of communes the
-- merged unit counts once: any part that has it is enough, and it lacks it only when all parts reported so.
-- What an indicator is made of is looked out first: the other figures need no place in memory. built_period holds the
-- periods whose rows are built.
WITH numerator AS (
    SELECT *
    FROM observation
    WHERE
        measure IN (SELECT i.numerator FROM indicator AS i) AND period IN (SELECT b.period FROM built_period AS b)
),

denominator AS (
    SELECT *
    FROM observation
    WHERE
        measure IN (SELECT i.denominator FROM indicator AS i) AND period IN (SELECT b.period FROM built_period AS b)
),

pair AS (
    SELECT
        i.indicator,
        g.population_group,
        e.period,
        r.to_vintage AS vintage,
        r.to_code AS unit_code,
        CASE WHEN d.value IS NOT NULL THEN n.value END AS numerator,
        CASE WHEN n.value IS NOT NULL THEN d.value END AS denominator
    FROM indicator AS i
    INNER JOIN indicator_group AS g ON i.indicator = g.indicator
    CROSS JOIN expected_report AS e
    INNER JOIN unit_rollup AS r ON e.vintage = r.from_vintage AND e.unit_code = r.from_code
    LEFT JOIN numerator AS n
        ON
            i.numerator = n.measure AND g.population_group = n.population_group
            AND e.period = n.period AND e.vintage = n.vintage AND e.unit_code = n.unit_code
    LEFT JOIN denominator AS d
        ON
            i.denominator = d.measure AND g.population_group = d.population_group
            AND e.period = d.period AND e.vintage = d.vintage AND e.unit_code = d.unit_code
    WHERE i.kind = 'ratio'
),

flag AS (
    SELECT
        i.indicator,
        f.period,
        r.to_vintage AS vintage,
        r.to_code AS unit_code,
        max(CASE WHEN i.across_reform = 'anew' AND r.from_vintage <> r.to_vintage THEN 0 ELSE 1 END) AS applicable,
        CASE
            WHEN i.across_reform = 'anew' AND r.from_vintage <> r.to_vintage THEN NULL
            WHEN max(f.value) = 1 THEN 1
            WHEN count(f.value) = count(*) THEN 0
        END AS value
    FROM indicator AS i
    INNER JOIN commune_flag AS f ON i.numerator = f.flag
    INNER JOIN unit_rollup AS r ON f.vintage = r.from_vintage AND f.unit_code = r.from_code
    WHERE i.kind = 'share_of_communes'
    GROUP BY i.indicator, i.across_reform, f.period, r.from_vintage, r.to_vintage, r.to_code
)

SELECT
    indicator,
    population_group,
    period,
    vintage,
    unit_code,
    CAST(sum(numerator) AS BIGINT) AS numerator,
    CAST(sum(denominator) AS BIGINT) AS denominator,
    count(numerator) AS units_reported,
    count(*) AS units_expected,
    TRUE AS applicable
FROM pair
GROUP BY indicator, population_group, period, vintage, unit_code
UNION ALL
SELECT
    indicator,
    'total' AS population_group,
    period,
    vintage,
    unit_code,
    CAST(value AS BIGINT) AS numerator,
    CAST(CASE WHEN value IS NOT NULL THEN 1 END AS BIGINT) AS denominator,
    CASE WHEN value IS NOT NULL THEN 1 ELSE 0 END AS units_reported,
    1 AS units_expected,
    applicable = 1 AS applicable
FROM flag
