-- Trẻ em dân tộc thiểu số so với tất cả trẻ em, từng chỉ số | Children of ethnic minorities beside all children, for each indicator
SELECT
    a.indicator,
    a.label_vi,
    a.label_en,
    a.value AS all_children,
    m.value AS ethnic_minority,
    m.value - a.value AS difference
FROM indicator_progress AS a
JOIN indicator_progress AS m USING (indicator, level, unit_code, vintage, period)
WHERE a.level = 'province' AND a.vintage = '2025' AND a.period = '2025'
    AND a.population_group = 'total' AND m.population_group = 'ethnic_minority'
ORDER BY difference
