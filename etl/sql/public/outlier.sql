SELECT
    kind,
    subject,
    period,
    vintage,
    unit_code,
    numerator,
    denominator,
    value,
    usual,
    difference,
    compared,
    score
FROM outlier
ORDER BY kind, subject, vintage, unit_code, period
