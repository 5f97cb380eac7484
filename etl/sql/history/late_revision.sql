-- Reports that revise one which came in time: a revision makes no report late.
WITH first_report AS (
    SELECT
        vintage,
        unit_code,
        period,
        received_at,
        dated_on,
        row_number() OVER (PARTITION BY vintage, unit_code, period ORDER BY received_at, submission_id) AS from_first
    FROM history_report
    WHERE accepted
)

SELECT r.submission_id
FROM staged_report AS r
INNER JOIN period AS p ON r.period = p.period
INNER JOIN first_report AS f
    ON
        r.vintage = f.vintage AND r.unit_code = f.unit_code AND r.period = f.period AND f.from_first = 1
        AND f.received_at < r.received_at
WHERE f.dated_on <= p.due_on
