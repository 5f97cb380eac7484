-- The last approved report of a unit and period, even where a later one still waits for approval.
-- It takes the place of standing_report where only approved figures are to be seen.
WITH ranked AS (
    SELECT
        s.submission_id,
        s.unit_code,
        s.vintage,
        s.period,
        r.has_play_areas,
        row_number() OVER (PARTITION BY s.vintage, s.unit_code, s.period ORDER BY s.revision DESC) AS from_last
    FROM submission AS s
    INNER JOIN received_report AS r ON s.submission_id = r.submission_id
    INNER JOIN approved_submission AS a ON s.submission_id = a.submission_id
)

SELECT
    submission_id,
    unit_code,
    vintage,
    period,
    has_play_areas
FROM ranked
WHERE from_last = 1
