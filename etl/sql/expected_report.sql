-- Every unit that owes a report, in every period for which anyone reported.
SELECT
    p.period,
    p.vintage,
    u.code AS unit_code
FROM period AS p
INNER JOIN unit AS u ON p.vintage = u.vintage
WHERE p.period IN (SELECT s.period FROM standing_report AS s)
ORDER BY p.sequence, u.code
