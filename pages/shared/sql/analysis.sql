-- Indicators and counts of the chosen units, periods and groups, one row each, with the year before. No units chosen: all.
-- A count is the sum of those that reported it; denominator of a count: the children under 16 of the same communes.
WITH RECURSIVE part AS (
    SELECT
        vintage AS from_vintage,
        code AS from_code,
        vintage AS to_vintage,
        code AS to_code
    FROM unit
    UNION ALL
    SELECT
        p.from_vintage,
        p.from_code,
        s.to_vintage,
        s.to_code
    FROM part AS p
    INNER JOIN unit_succession AS s ON p.to_vintage = s.from_vintage AND p.to_code = s.from_code
),

-- The units of the chosen level under their names of each period.
place AS (
    SELECT
        period,
        code AS commune_code,
        CASE $level WHEN 'commune' THEN code WHEN 'district' THEN district_code ELSE $province END AS unit_code,
        CASE $level WHEN 'commune' THEN name WHEN 'district' THEN district END AS unit_name,
        CASE WHEN $level <> 'province' THEN district_code END AS district_code,
        CASE WHEN $level <> 'province' THEN district END AS district,
        CASE WHEN $level = 'commune' THEN unit_type END AS unit_type
    FROM unit_name
    WHERE vintage = $vintage
),

named AS (
    SELECT DISTINCT
        period,
        unit_code,
        unit_name,
        district_code,
        district,
        unit_type
    FROM place
),

asked AS (
    SELECT
        period,
        sequence,
        year,
        year_before
    FROM period
    WHERE list_contains($periods, period)
),

known AS (
    SELECT period
    FROM asked
    UNION
    SELECT year_before AS period
    FROM asked
),

counted AS (
    SELECT
        g.measure,
        g.population_group
    FROM measure_group AS g
    INNER JOIN measure AS m ON g.measure = m.measure
    WHERE
        NOT m.sensitive
        AND (list_contains($items, g.measure) OR (g.measure = 'children_under16' AND $counts))
        AND list_contains($groups, g.population_group)
),

told AS (
    SELECT
        o.measure,
        o.population_group,
        o.period,
        o.vintage,
        o.unit_code,
        o.value
    FROM observation AS o
    INNER JOIN known AS k ON o.period = k.period
    INNER JOIN counted AS c ON o.measure = c.measure AND o.population_group = c.population_group
),

figure AS (
    SELECT
        c.measure AS item,
        c.population_group,
        l.unit_code,
        r.period,
        CAST(sum(o.value) AS BIGINT) AS value,
        count(o.value) AS units_reported,
        count(*) AS units_expected,
        FALSE AS masked
    FROM report_status AS r
    INNER JOIN known AS k ON r.period = k.period
    INNER JOIN part AS p ON r.vintage = p.from_vintage AND r.unit_code = p.from_code AND p.to_vintage = $vintage
    INNER JOIN place AS l ON p.to_code = l.commune_code AND r.period = l.period
    CROSS JOIN counted AS c
    LEFT JOIN told AS o
        ON
            c.measure = o.measure AND c.population_group = o.population_group
            AND r.period = o.period AND r.vintage = o.vintage AND r.unit_code = o.unit_code
    GROUP BY c.measure, c.population_group, l.unit_code, r.period
    UNION ALL
    SELECT
        'play_areas_working' AS item,
        'total' AS population_group,
        l.unit_code,
        a.period,
        CAST(sum(a.working_sites) AS BIGINT) AS value,
        count(a.working_sites) AS units_reported,
        count(*) AS units_expected,
        FALSE AS masked
    FROM commune_play_area AS a
    INNER JOIN known AS k ON a.period = k.period
    INNER JOIN place AS l ON a.unit_code = l.commune_code AND a.period = l.period
    WHERE a.vintage = $vintage AND list_contains($items, 'play_areas_working') AND list_contains($groups, 'total')
    GROUP BY l.unit_code, a.period
    UNION ALL
    SELECT
        s.measure AS item,
        s.population_group,
        s.unit_code,
        s.period,
        s.value,
        s.units_reported,
        s.units_expected,
        s.state = 'masked' AS masked
    FROM protection_count AS s
    INNER JOIN known AS k ON s.period = k.period
    WHERE
        s.level = $level AND s.vintage = $vintage
        AND list_contains($items, s.measure) AND list_contains($groups, s.population_group)
),

answer AS (
    SELECT
        'indicator' AS kind,
        i.indicator AS item,
        i.population_group,
        i.period,
        i.unit_code,
        i.numerator,
        i.denominator,
        i.numerator_year_before,
        i.denominator_year_before,
        i.units_reported,
        i.units_expected,
        i.comparator,
        i.target_value,
        i.gap,
        i.status
    FROM indicator_progress AS i
    WHERE
        i.level = $level AND i.vintage = $vintage
        AND list_contains($items, i.indicator) AND list_contains($groups, i.population_group)
        AND list_contains($periods, i.period)
    UNION ALL
    SELECT
        'count' AS kind,
        f.item,
        f.population_group,
        f.period,
        f.unit_code,
        f.value AS numerator,
        CASE WHEN f.value IS NOT NULL AND f.units_reported = c.units_reported THEN c.value END AS denominator,
        b.value AS numerator_year_before,
        NULL AS denominator_year_before,
        f.units_reported,
        f.units_expected,
        NULL AS comparator,
        NULL AS target_value,
        NULL AS gap,
        CASE
            WHEN f.masked THEN 'masked'
            WHEN f.value IS NOT NULL THEN 'no_target'
            WHEN q.year < m.first_year THEN 'not_applicable'
            ELSE 'not_reported'
        END AS status
    FROM figure AS f
    INNER JOIN asked AS q ON f.period = q.period
    LEFT JOIN measure AS m ON f.item = m.measure
    LEFT JOIN figure AS c
        ON
            c.item = 'children_under16' AND f.population_group = c.population_group
            AND f.unit_code = c.unit_code AND f.period = c.period
    LEFT JOIN figure AS b
        ON
            f.item = b.item AND f.population_group = b.population_group
            AND f.unit_code = b.unit_code AND q.year_before = b.period
    WHERE list_contains($items, f.item)
)

SELECT
    a.kind,
    a.item,
    a.population_group,
    a.period,
    a.unit_code,
    n.unit_name,
    n.district_code,
    n.district,
    n.unit_type,
    a.numerator,
    a.denominator,
    CASE
        WHEN a.kind = 'count' THEN CAST(a.numerator AS DOUBLE)
        ELSE CAST(100 * a.numerator AS DOUBLE) / CAST(nullif(a.denominator, 0) AS DOUBLE)
    END AS value,
    a.numerator_year_before,
    a.denominator_year_before,
    a.units_reported,
    a.units_expected,
    a.comparator,
    a.target_value,
    a.gap,
    a.status
FROM answer AS a
INNER JOIN asked AS q ON a.period = q.period
INNER JOIN named AS n ON a.period = n.period AND a.unit_code = n.unit_code
WHERE len($units) = 0 OR list_contains($units, a.unit_code)
ORDER BY a.item, a.population_group, q.sequence, a.unit_code
