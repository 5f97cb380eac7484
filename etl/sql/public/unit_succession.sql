SELECT
    from_vintage,
    from_code,
    to_vintage,
    to_code
FROM unit_succession
ORDER BY from_vintage, from_code
