-- What each commune has to play on: whether it counts for the target, what is nearest, how many children live there.
-- has_play_area NULL is not reported; children_under16 NULL likewise.
-- built_period holds the periods whose rows are built.
WITH children AS (
    SELECT
        r.period,
        r.vintage,
        r.unit_code,
        CAST(sum(o.value) AS BIGINT) AS children_under16
    FROM report_part AS r
    INNER JOIN built_period AS b ON r.period = b.period
    LEFT JOIN observation AS o
        ON
            r.period = o.period AND r.from_vintage = o.vintage AND r.from_code = o.unit_code
            AND o.measure = 'children_under16' AND o.population_group = 'total'
    GROUP BY r.period, r.vintage, r.unit_code
),

site AS (
    SELECT
        s.period,
        s.vintage,
        s.unit_code,
        count(*) AS sites,
        sum(CASE WHEN s.counts THEN 1 ELSE 0 END) AS working_sites
    FROM play_area_site AS s
    INNER JOIN built_period AS b ON s.period = b.period
    GROUP BY s.period, s.vintage, s.unit_code
)

SELECT
    f.period,
    f.vintage,
    f.unit_code,
    f.numerator AS has_play_area,
    CASE WHEN f.numerator IS NOT NULL OR s.sites IS NOT NULL THEN coalesce(s.sites, 0) END AS sites,
    CASE WHEN f.numerator IS NOT NULL OR s.sites IS NOT NULL THEN coalesce(s.working_sites, 0) END AS working_sites,
    c.children_under16,
    n.distance_m AS nearest_m,
    n.name AS nearest_name,
    n.hamlet AS nearest_hamlet,
    n.reporting_vintage AS nearest_vintage,
    n.reporting_unit_code AS nearest_unit_code,
    n.lat AS nearest_lat,
    n.lon AS nearest_lon
FROM indicator_total AS f
INNER JOIN indicator AS i ON f.indicator = i.indicator
LEFT JOIN site AS s ON f.period = s.period AND f.vintage = s.vintage AND f.unit_code = s.unit_code
LEFT JOIN children AS c ON f.period = c.period AND f.vintage = c.vintage AND f.unit_code = c.unit_code
LEFT JOIN nearest_play_area AS n ON f.period = n.period AND f.vintage = n.vintage AND f.unit_code = n.unit_code
WHERE i.numerator = 'communes_with_play_area' AND f.level = 'commune'
ORDER BY f.period, f.vintage, f.unit_code
