-- The periods for which reports were due.
SELECT
    p.period,
    p.sequence,
    p.year,
    p.cut_off,
    p.due_on,
    p.vintage,
    p.period_before,
    p.year_before
FROM period AS p
WHERE p.period IN (SELECT e.period FROM expected_report AS e)
ORDER BY p.sequence
