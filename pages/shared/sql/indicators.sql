-- All indicators in the order of the plan in force, with the target that each belongs to.
SELECT DISTINCT
    i.indicator,
    i.sequence,
    i.short_vi,
    i.short_en,
    t.target
FROM indicator AS i
INNER JOIN target AS t ON i.indicator = t.indicator AND t.period = $period
ORDER BY t.target, i.sequence
