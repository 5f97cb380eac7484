-- Each reported result of the tasks summed for districts and the whole province, of their own time and of every later
-- vintage that a commune lies in; of a result that is yes or no the sum counts the units that say yes. units_reported
-- counts the units that reported it in their own time.
SELECT
    p.task,
    p.item,
    l.level,
    l.unit_code,
    p.vintage,
    p.period,
    CAST(sum(p.value) AS DECIMAL(20, 6)) AS value,
    count(p.value) AS units_reported,
    count(*) AS units_expected
FROM task_part AS p
INNER JOIN unit_level AS l ON p.vintage = l.vintage AND p.unit_code = l.commune_code
WHERE l.level <> 'commune'
GROUP BY p.task, p.item, l.level, l.unit_code, p.vintage, p.period
ORDER BY l.level, p.period, p.vintage, p.task, p.item, l.unit_code
