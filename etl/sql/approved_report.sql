-- The last approved report of a unit and period, even where a later one still waits for approval.
-- It takes the place of standing_report where only approved figures are to be seen.
WITH approved AS (
    SELECT
        s.submission_id,
        s.unit_code,
        s.vintage,
        s.period,
        s.revision,
        r.has_play_areas
    FROM submission AS s
    INNER JOIN received_report AS r ON s.period = r.period AND s.submission_id = r.submission_id
    INNER JOIN approved_submission AS a ON s.submission_id = a.submission_id
),

report AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY vintage, unit_code, period ORDER BY revision DESC) AS from_last
    FROM approved
),

workbook AS (
    SELECT
        *,
        row_number() OVER (PARTITION BY vintage, unit_code, period ORDER BY revision DESC) AS from_last
    FROM approved
    WHERE has_play_areas
)

SELECT
    r.submission_id,
    r.unit_code,
    r.vintage,
    r.period,
    w.submission_id AS workbook_id
FROM report AS r
LEFT JOIN workbook AS w
    ON r.vintage = w.vintage AND r.unit_code = w.unit_code AND r.period = w.period AND w.from_last = 1
WHERE r.from_last = 1
