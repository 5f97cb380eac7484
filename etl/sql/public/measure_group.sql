SELECT
    measure,
    population_group
FROM measure_group
ORDER BY measure, population_group
