-- Each reported result of the tasks summed for communes, districts and the whole province. What communes reported is
-- added up when it is asked for: of most there is one report.
SELECT
    p.task,
    p.item,
    'commune' AS level,
    p.unit_code,
    p.vintage,
    p.period,
    CAST(sum(p.value) AS DECIMAL(20, 6)) AS value,
    count(p.value) AS units_reported,
    count(*) AS units_expected
FROM task_part AS p
GROUP BY p.task, p.item, p.unit_code, p.vintage, p.period
UNION ALL
SELECT
    s.task,
    s.item,
    s.level,
    s.unit_code,
    s.vintage,
    s.period,
    s.value,
    s.units_reported,
    s.units_expected
FROM task_sum AS s
