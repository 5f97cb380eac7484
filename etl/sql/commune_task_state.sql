-- How each commune stands with each task as a whole: it did all that is expected of it, a part, nothing (missed), or
-- that cannot be told.
WITH counted AS (
    SELECT
        task,
        period,
        vintage,
        unit_code,
        sum(CASE WHEN status = 'met' THEN 1 ELSE 0 END) AS expectations_met,
        sum(CASE WHEN status = 'missed' THEN 1 ELSE 0 END) AS expectations_missed,
        sum(CASE WHEN status = 'not_reported' THEN 1 ELSE 0 END) AS expectations_not_reported
    FROM commune_task
    GROUP BY task, period, vintage, unit_code
)

SELECT
    task,
    period,
    vintage,
    unit_code,
    CAST(expectations_met AS BIGINT) AS expectations_met,
    CAST(expectations_missed AS BIGINT) AS expectations_missed,
    CAST(expectations_not_reported AS BIGINT) AS expectations_not_reported,
    CASE
        WHEN expectations_missed > 0 AND expectations_met > 0 THEN 'partly'
        WHEN expectations_missed > 0 THEN 'missed'
        WHEN expectations_not_reported > 0 THEN 'not_reported'
        WHEN expectations_met > 0 THEN 'met'
        ELSE 'not_applicable'
    END AS status
FROM counted
ORDER BY task, period, vintage, unit_code
