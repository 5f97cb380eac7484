SELECT
    t.period,
    t.plan_year,
    t.target,
    t.indicator,
    t.comparator,
    t.target_value,
    t.near_margin,
    t.horizon_year
FROM target AS t
WHERE t.period IN (SELECT e.period FROM expected_report AS e)
ORDER BY t.period, t.target, t.indicator
