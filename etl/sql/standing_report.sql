-- The one report of a unit and period whose figures count. workbook_id is the last one that came as a workbook: a report as
-- CSV has neither play areas nor a stage, and takes away none that were sent.
WITH workbook AS (
    SELECT
        s.submission_id,
        s.unit_code,
        s.vintage,
        s.period,
        row_number() OVER (PARTITION BY s.vintage, s.unit_code, s.period ORDER BY s.revision DESC) AS from_last
    FROM submission AS s
    INNER JOIN received_report AS r ON s.period = r.period AND s.submission_id = r.submission_id
    WHERE s.revision IS NOT NULL AND r.has_play_areas
)

SELECT
    s.submission_id,
    s.unit_code,
    s.vintage,
    s.period,
    w.submission_id AS workbook_id
FROM submission AS s
LEFT JOIN workbook AS w
    ON s.vintage = w.vintage AND s.unit_code = w.unit_code AND s.period = w.period AND w.from_last = 1
WHERE s.status IN ('accepted', 'approved')
