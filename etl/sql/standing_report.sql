-- The one report of a unit and period whose figures count.
SELECT
    s.submission_id,
    s.unit_code,
    s.vintage,
    s.period,
    r.has_play_areas
FROM submission AS s
INNER JOIN received_report AS r ON s.submission_id = r.submission_id
WHERE s.status IN ('accepted', 'approved')
