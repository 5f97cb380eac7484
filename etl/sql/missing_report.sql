-- Who is missing from an indicator, and the denominator that each was last known with; NULL where none was ever known.
-- Of stock figures the last cut-off tells, of cumulative ones the last of the same kind, half a year or a whole one.
-- A unit that has not reported since it was formed is known by its parts, if all of them are.
-- In a share of communes every commune counts one. What is not applicable is not missing.
-- built_period holds the periods whose rows are built: few units are missing in them, and only those are looked for.
WITH missing AS (
    SELECT
        c.indicator,
        i.denominator AS measure,
        m.flow,
        c.period,
        q.sequence,
        c.vintage,
        c.unit_code
    FROM indicator_total AS c
    INNER JOIN built_period AS b ON c.period = b.period
    INNER JOIN indicator AS i ON c.indicator = i.indicator
    INNER JOIN measure AS m ON i.denominator = m.measure
    INNER JOIN period AS q ON c.period = q.period AND c.vintage = q.vintage
    WHERE
        i.kind = 'ratio' AND c.level = 'commune' AND c.population_group = 'total'
        AND c.applicable AND c.numerator IS NULL
),

part AS (
    SELECT
        m.*,
        r.from_vintage,
        r.from_code
    FROM missing AS m
    INNER JOIN unit_rollup AS r ON m.vintage = r.to_vintage AND m.unit_code = r.to_code
),

reported AS (
    SELECT
        t.measure,
        t.vintage,
        t.unit_code,
        t.period,
        q.sequence,
        t.value
    FROM unit_total AS t
    INNER JOIN period AS q ON t.period = q.period AND t.vintage = q.vintage
    INNER JOIN (SELECT DISTINCT i.denominator FROM indicator AS i) AS d ON t.measure = d.denominator
    WHERE t.unit_code IN (SELECT p.from_code FROM part AS p)
),

known AS (
    SELECT
        p.indicator,
        p.period,
        p.vintage,
        p.unit_code,
        p.from_vintage,
        p.from_code,
        r.value,
        row_number() OVER (
            PARTITION BY p.indicator, p.period, p.vintage, p.unit_code, p.from_vintage, p.from_code
            ORDER BY r.sequence DESC NULLS LAST
        ) AS from_last
    FROM part AS p
    LEFT JOIN reported AS r
        ON
            p.measure = r.measure AND p.from_vintage = r.vintage AND p.from_code = r.unit_code
            AND r.sequence <= p.sequence
            AND (p.flow = 'stock' OR (p.period LIKE '%-H1') = (r.period LIKE '%-H1'))
),

by_vintage AS (
    SELECT
        indicator,
        period,
        vintage,
        unit_code,
        from_vintage,
        CASE WHEN count(value) = count(*) THEN CAST(sum(value) AS BIGINT) END AS denominator
    FROM known
    WHERE from_last = 1
    GROUP BY indicator, period, vintage, unit_code, from_vintage
),

latest AS (
    SELECT
        indicator,
        period,
        vintage,
        unit_code,
        denominator,
        row_number() OVER (
            PARTITION BY indicator, period, vintage, unit_code
            ORDER BY CASE WHEN denominator IS NULL THEN 1 ELSE 0 END, from_vintage DESC
        ) AS from_last
    FROM by_vintage
)

-- A unit is missing in itself, and in every later unit that it is a part of.
SELECT
    m.indicator,
    m.period,
    r.to_vintage AS vintage,
    r.to_code AS unit_code,
    m.vintage AS reporting_vintage,
    m.unit_code AS reporting_unit_code,
    m.denominator AS last_denominator
FROM latest AS m
INNER JOIN unit_rollup AS r ON m.vintage = r.from_vintage AND m.unit_code = r.from_code
WHERE m.from_last = 1
UNION ALL
SELECT
    c.indicator,
    c.period,
    c.vintage,
    c.unit_code,
    c.vintage AS reporting_vintage,
    c.unit_code AS reporting_unit_code,
    1 AS last_denominator
FROM indicator_total AS c
INNER JOIN indicator AS i ON c.indicator = i.indicator
WHERE i.kind = 'share_of_communes' AND c.level = 'commune' AND c.applicable AND c.numerator IS NULL
