-- Between what each district's share lies whatever its missing communes have.
SELECT b.*
FROM missing_bounds AS b
WHERE b.level = 'district' AND b.indicator = $indicator AND b.period = $period AND b.vintage = $vintage
ORDER BY b.unit_code
