-- How far each commune is on the way to being child-friendly; score is the sum of its own points.
WITH score AS (
    SELECT
        submission_id,
        period,
        sum(points) AS score
    FROM reported_criterion
    GROUP BY submission_id, period
)

SELECT
    s.unit_code,
    s.vintage,
    s.period,
    c.stage,
    c.registered_on,
    c.recognised_on,
    score.score
FROM reported_child_friendly AS c
INNER JOIN standing_report AS s ON c.period = s.period AND c.submission_id = s.workbook_id
LEFT JOIN score ON c.period = score.period AND c.submission_id = score.submission_id
WHERE c.stage IS NOT NULL
ORDER BY s.period, s.vintage, s.unit_code
