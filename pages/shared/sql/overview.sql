-- The province's indicators in one period, in the order of the plan.
SELECT
    p.*,
    i.label_vi,
    i.label_en,
    i.short_vi,
    i.short_en
FROM indicator_progress AS p
INNER JOIN indicator AS i ON p.indicator = i.indicator
WHERE p.level = 'province' AND p.period = $period AND p.vintage = $vintage AND p.population_group = 'total'
ORDER BY p.target, i.sequence
