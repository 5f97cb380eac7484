-- The communes of the first vintage, whose figures everything adds up from, with the unit that reports for each.
-- position: how far the period lies between the first of the calendar and the last of the reform's year.
SELECT
    u.code AS part,
    r.to_code AS unit_code,
    p.period,
    p.vintage,
    1500 + 18000 * power(dice(u.code, 'people', 0), 2) AS people,
    0.6 * CAST(t.border AS INTEGER) + 0.4 * CAST(t.extremely_difficult AS INTEGER) AS remoteness,
    0.05 + 0.25 * dice(u.code, 'minority', 0) + 0.3 * CAST(t.extremely_difficult AS INTEGER) AS minority_share,
    CASE WHEN p.period LIKE '%-H1' THEN 0.5 ELSE 1.0 END AS part_of_year,
    $position AS position
FROM unit AS u
INNER JOIN unit_trait AS t ON u.vintage = t.vintage AND u.code = t.code
INNER JOIN unit_rollup AS r ON u.vintage = r.from_vintage AND u.code = r.from_code
INNER JOIN period AS p ON r.to_vintage = p.vintage
WHERE u.vintage = (SELECT min(vintage) FROM unit) AND p.period = $period
