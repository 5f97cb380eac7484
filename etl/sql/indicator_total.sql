-- Numerator and denominator of each indicator, for communes, districts and the whole province: of their own time and of
-- every later vintage.
-- A pair counts only where both were reported. Parts of a merged unit add up; for a share of communes the
-- merged unit counts once: any part that has it is enough, and it lacks it only when all parts reported so.
-- What was not asked for yet is not applicable.
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
        r.period,
        r.vintage,
        r.unit_code,
        p.year >= i.first_year AS applicable,
        CASE WHEN d.value IS NOT NULL THEN n.value END AS numerator,
        CASE WHEN n.value IS NOT NULL THEN d.value END AS denominator
    FROM indicator AS i
    INNER JOIN indicator_group AS g ON i.indicator = g.indicator
    CROSS JOIN report_part AS r
    INNER JOIN period AS p ON r.period = p.period
    LEFT JOIN numerator AS n
        ON
            i.numerator = n.measure AND g.population_group = n.population_group
            AND r.period = n.period AND r.from_vintage = n.vintage AND r.from_code = n.unit_code
    LEFT JOIN denominator AS d
        ON
            i.denominator = d.measure AND g.population_group = d.population_group
            AND r.period = d.period AND r.from_vintage = d.vintage AND r.from_code = d.unit_code
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
),

commune AS (
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
        bool_and(applicable) AS applicable
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
)

SELECT
    c.indicator,
    'commune' AS level,
    c.unit_code,
    c.vintage,
    c.period,
    c.population_group,
    c.numerator,
    c.denominator,
    c.units_reported,
    c.units_expected,
    c.applicable
FROM commune AS c
UNION ALL
SELECT
    c.indicator,
    l.level,
    l.unit_code,
    c.vintage,
    c.period,
    c.population_group,
    CAST(sum(c.numerator) AS BIGINT) AS numerator,
    CAST(sum(c.denominator) AS BIGINT) AS denominator,
    CAST(sum(c.units_reported) AS BIGINT) AS units_reported,
    CAST(sum(c.units_expected) AS BIGINT) AS units_expected,
    bool_or(c.applicable) AS applicable
FROM commune AS c
INNER JOIN unit_level AS l ON c.vintage = l.vintage AND c.unit_code = l.commune_code
WHERE l.level <> 'commune'
GROUP BY c.indicator, l.level, l.unit_code, c.vintage, c.period, c.population_group
ORDER BY period
