-- Has a value only where it is shown; see etl/masking.py.
SELECT
    measure,
    population_group,
    level,
    vintage,
    unit_code,
    period,
    state,
    value,
    units_reported,
    units_expected
FROM protection_count
ORDER BY measure, population_group, level, vintage, unit_code, period
