SELECT
    indicator,
    population_group
FROM indicator_group
ORDER BY indicator, population_group
