-- One report of nearly every unit, now and then after one that was rejected, or that it revises.
WITH owed AS (
    SELECT
        u.code AS unit_code,
        p.*,
        CASE
            WHEN dice(u.code, p.period, 'late') < 0.05 THEN 2 + whole(18 * dice(u.code, p.period, 'days'), 0)
            ELSE -whole(6 * dice(u.code, p.period, 'days'), 0)
        END AS days,
        dice(u.code, p.period, 'again') AS again
    FROM unit AS u
    INNER JOIN period AS p ON u.vintage = p.vintage
    WHERE p.period = $period AND dice(u.code, p.period, 'missing') >= 0.03
),

sent AS (
    SELECT
        o.*,
        a.attempt,
        a.attempt = 2 OR o.again >= 0.015 AS accepted,
        o.due_on + CAST(o.days + CASE WHEN a.attempt = 2 AND o.again < 0.025 THEN 9 ELSE 0 END AS INTEGER) AS day,
        sha256(concat_ws(' ', getvariable('seed'), o.vintage, o.unit_code, o.period, a.attempt)) AS sha256
    FROM owed AS o
    INNER JOIN (SELECT unnest([1, 2]) AS attempt) AS a ON a.attempt = 2 OR o.again < 0.025
)

SELECT
    substr(sha256, 1, 16) || '.0' AS submission_id,
    sha256,
    concat_ws('_', unit_code, period, attempt) || '.xlsx' AS file_name,
    CAST(day AS TIMESTAMP) + to_hours(1) AS received_at,
    unit_code,
    vintage,
    period,
    day AS reported_on,
    day AS dated_on,
    accepted,
    dice(unit_code, period, 'places') >= 0.02 AS has_play_areas,
    TRUE AS sample,
    FALSE AS admitted
FROM sent
ORDER BY unit_code, attempt
