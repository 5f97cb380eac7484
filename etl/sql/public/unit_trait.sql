SELECT
    vintage,
    code,
    border,
    extremely_difficult
FROM unit_trait
ORDER BY vintage, code
