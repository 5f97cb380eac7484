-- The 33 reported results of the tasks, summed for the whole province.
SELECT t.*
FROM task_total AS t
WHERE t.level = 'province' AND t.period = $period AND t.vintage = $vintage
ORDER BY t.task, t.item
