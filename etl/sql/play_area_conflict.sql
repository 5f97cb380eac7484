-- Communes that report more play areas built or improved than their list has in operation. Only where the list was
-- sent: a report as CSV has none, and no list is not an empty one.
-- built_period holds the periods whose rows are built.
WITH working AS (
    SELECT
        a.period,
        a.vintage,
        a.unit_code,
        count(*) AS listed_sites,
        sum(CASE WHEN c.counts THEN 1 ELSE 0 END) AS working_sites
    FROM play_area AS a
    INNER JOIN built_period AS b ON a.period = b.period
    INNER JOIN play_area_condition AS c ON a.condition = c.condition
    GROUP BY a.period, a.vintage, a.unit_code
)

SELECT
    t.period,
    t.vintage,
    t.unit_code,
    CAST(t.value AS BIGINT) AS built,
    CAST(coalesce(w.working_sites, 0) AS BIGINT) AS working_sites,
    CAST(coalesce(w.listed_sites, 0) AS BIGINT) AS listed_sites
FROM task_result AS t
INNER JOIN standing_report AS s ON t.period = s.period AND t.vintage = s.vintage AND t.unit_code = s.unit_code
LEFT JOIN working AS w ON t.period = w.period AND t.vintage = w.vintage AND t.unit_code = w.unit_code
WHERE t.item = 'play_areas_built' AND s.workbook_id IS NOT NULL AND t.value > coalesce(w.working_sites, 0)
ORDER BY t.period, t.vintage, t.unit_code
