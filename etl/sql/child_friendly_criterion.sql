-- The points that each commune gave itself for each criterion. points NULL is not scored.
SELECT
    s.unit_code,
    s.vintage,
    s.period,
    c.criterion,
    c.points_max,
    c.points
FROM reported_criterion AS c
INNER JOIN standing_report AS s ON c.period = s.period AND c.submission_id = s.workbook_id
ORDER BY s.period, s.vintage, s.unit_code, c.criterion
