-- A number from 0 to below 1 that is always the same for the same names, and a whole number that is x on average.
CREATE TEMPORARY MACRO dice(a, b, c) AS hash(getvariable('seed'), a, b, c) / 18446744073709551616.0;

CREATE TEMPORARY MACRO whole(x, d) AS CAST(floor(x + d) AS BIGINT);

-- How far a value is off on average, from a slow part of the unit's own and a quick one of the period.
CREATE TEMPORARY MACRO noise(unit, name, period) AS
2 * (dice(unit, name, 'a') + dice(unit, name, 'b') + dice(unit, name, 'c') - 1.5)
+ dice(unit, name, period || 'a') + dice(unit, name, period || 'b') + dice(unit, name, period || 'c') - 1.5;
