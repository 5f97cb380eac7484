SELECT
    n.period,
    n.vintage,
    n.code,
    n.name,
    n.unit_type,
    n.district_code,
    n.district
FROM unit_name AS n
WHERE n.period IN (SELECT e.period FROM expected_report AS e)
ORDER BY n.vintage, n.code, n.period
