-- The figures that count. value NULL is not reported. They are looked up among all that was reported: what a country has
-- reported is kept once.
SELECT
    s.submission_id,
    s.unit_code,
    s.vintage,
    s.period,
    f.measure,
    f.population_group,
    f.value
FROM reported_figure AS f
INNER JOIN standing_report AS s ON f.period = s.period AND f.submission_id = s.submission_id
