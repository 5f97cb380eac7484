-- One indicator for each group of children and each trait of communes beside all others, in the order of the form.
SELECT e.*
FROM equity AS e
WHERE e.indicator = $indicator AND e.period = $period AND e.vintage = $vintage
ORDER BY
    CASE e.comparison
        WHEN 'female' THEN 1
        WHEN 'ethnic_minority' THEN 2
        WHEN 'disabled' THEN 3
        WHEN 'border' THEN 4
        ELSE 5
    END
