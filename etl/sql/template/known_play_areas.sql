-- The play areas that a unit, or the units that it was made of, named in their last reports.
WITH last_report AS (
    SELECT
        r.submission_id,
        row_number() OVER (PARTITION BY r.vintage, r.unit_code ORDER BY p.sequence DESC) AS from_last
    FROM standing_report AS r
    INNER JOIN period AS p ON r.period = p.period
    INNER JOIN unit_rollup AS u ON r.vintage = u.from_vintage AND r.unit_code = u.from_code
    WHERE u.to_vintage = $vintage AND u.to_code = $code
),

lineage AS (
    SELECT
        a.*,
        a.vintage = $vintage AS own
    FROM play_area AS a
    INNER JOIN last_report AS l ON a.submission_id = l.submission_id AND l.from_last = 1
)

SELECT
    name,
    hamlet,
    kind,
    lat,
    lon,
    area_m2,
    since_year,
    condition,
    accessible
FROM lineage
WHERE own OR NOT EXISTS (SELECT 1 FROM lineage AS x WHERE x.own)
ORDER BY unit_code, name
