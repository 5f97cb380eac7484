-- The last approved report of a unit and period, even where a later one still waits for approval.
-- It takes the place of standing_report where only approved figures are to be seen.
WITH judged AS (
    SELECT
        submission_id,
        action,
        row_number() OVER (PARTITION BY submission_id ORDER BY decision_id DESC) AS from_last
    FROM decision
    WHERE action IN ('approved', 'withdrawn')
),

ranked AS (
    SELECT
        s.submission_id,
        s.unit_code,
        s.vintage,
        s.period,
        r.has_play_areas,
        row_number() OVER (PARTITION BY s.vintage, s.unit_code, s.period ORDER BY s.revision DESC) AS from_last
    FROM submission AS s
    INNER JOIN received_report AS r ON s.submission_id = r.submission_id
    INNER JOIN judged AS j ON s.submission_id = j.submission_id
    WHERE j.from_last = 1 AND j.action = 'approved'
)

SELECT
    submission_id,
    unit_code,
    vintage,
    period,
    has_play_areas
FROM ranked
WHERE from_last = 1
