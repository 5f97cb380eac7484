-- The first period in which the province has a value of each indicator.
WITH valued AS (
    SELECT
        v.indicator,
        v.period,
        row_number() OVER (PARTITION BY v.indicator ORDER BY p.sequence) AS from_first
    FROM indicator_value AS v
    INNER JOIN period AS p ON v.period = p.period
    WHERE v.level = 'province' AND v.population_group = 'total' AND v.vintage = $vintage AND v.value IS NOT NULL
)

SELECT
    indicator,
    period
FROM valued
WHERE from_first = 1
