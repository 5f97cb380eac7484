-- The play areas in a unit's last report up to a period; before its first, in those of the units it was made of.
WITH reported AS (
    SELECT
        r.workbook_id,
        r.vintage,
        r.unit_code,
        p.sequence
    FROM standing_report AS r
    INNER JOIN period AS p ON r.period = p.period
    INNER JOIN unit_rollup AS u ON r.vintage = u.from_vintage AND r.unit_code = u.from_code
    WHERE
        u.to_vintage = $vintage AND u.to_code = $code
        AND r.workbook_id IS NOT NULL
        AND p.sequence <= (SELECT f.sequence FROM period AS f WHERE f.period = $period)
),

last_report AS (
    SELECT
        workbook_id,
        row_number() OVER (PARTITION BY unit_code ORDER BY sequence DESC) AS from_last
    FROM reported
    WHERE vintage = (SELECT arg_max(latest.vintage, latest.sequence) FROM reported AS latest)
)

SELECT
    a.name,
    a.hamlet,
    a.kind,
    a.lat,
    a.lon,
    a.area_m2,
    a.since_year,
    a.condition,
    a.accessible
FROM play_area AS a
INNER JOIN last_report AS l ON a.submission_id = l.workbook_id
WHERE l.from_last = 1
ORDER BY a.unit_code, a.name, a.hamlet, a.lat, a.lon
