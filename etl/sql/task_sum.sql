-- Each reported result of the tasks summed for districts and the whole province, of their own time and of every later
-- vintage that a commune lies in; of a result that is yes or no the sum counts the units that say yes. units_reported
-- counts the units that reported it in their own time.
SELECT
    i.task,
    i.item,
    l.level,
    l.unit_code,
    r.vintage,
    r.period,
    CAST(sum(CAST(t.value AS DECIMAL(18, 6))) AS DECIMAL(20, 6)) AS value,
    count(t.value) AS units_reported,
    count(*) AS units_expected
FROM task_item AS i
CROSS JOIN report_part AS r
INNER JOIN unit_level AS l ON r.vintage = l.vintage AND r.unit_code = l.commune_code
LEFT JOIN task_result AS t
    ON i.item = t.item AND r.period = t.period AND r.from_vintage = t.vintage AND r.from_code = t.unit_code
WHERE l.level <> 'commune'
GROUP BY i.task, i.item, l.level, l.unit_code, r.vintage, r.period
ORDER BY l.level, r.period, r.vintage, i.task, i.item, l.unit_code
