-- One indicator for the whole province, by population group.
SELECT p.*
FROM indicator_progress AS p
WHERE p.level = 'province' AND p.indicator = $indicator AND p.period = $period AND p.vintage = $vintage
