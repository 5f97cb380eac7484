SELECT
    measure,
    population_group
FROM defined_measure_group
ORDER BY measure, population_group
