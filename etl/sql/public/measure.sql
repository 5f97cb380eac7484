SELECT
    code,
    measure,
    label_vi,
    label_en,
    unit_vi,
    unit_en,
    flow,
    sensitive,
    first_year
FROM measure
ORDER BY code
