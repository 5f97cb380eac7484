-- Whether a reporting commune counts for a share of communes: 1, 0, or NULL where it did not report that.
-- built_period holds the periods whose rows are built.
WITH working AS (
    SELECT DISTINCT
        a.unit_code,
        a.vintage,
        a.period
    FROM play_area AS a
    INNER JOIN built_period AS b ON a.period = b.period
    INNER JOIN play_area_condition AS c ON a.condition = c.condition
    WHERE c.counts
)

SELECT
    e.period,
    e.vintage,
    e.unit_code,
    'communes_with_play_area' AS flag,
    CASE WHEN w.unit_code IS NOT NULL THEN 1 WHEN s.workbook_id IS NOT NULL THEN 0 END AS value
FROM expected_report AS e
LEFT JOIN standing_report AS s ON e.period = s.period AND e.vintage = s.vintage AND e.unit_code = s.unit_code
LEFT JOIN working AS w ON e.period = w.period AND e.vintage = w.vintage AND e.unit_code = w.unit_code
UNION ALL
SELECT
    e.period,
    e.vintage,
    e.unit_code,
    'communes_registered' AS flag,
    CASE WHEN c.stage = 'none' THEN 0 WHEN c.stage IS NOT NULL THEN 1 END AS value
FROM expected_report AS e
LEFT JOIN child_friendly AS c ON e.period = c.period AND e.vintage = c.vintage AND e.unit_code = c.unit_code
