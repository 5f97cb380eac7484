SELECT
    indicator,
    sequence,
    label_vi,
    label_en,
    short_vi,
    short_en,
    numerator,
    denominator,
    kind,
    direction,
    across_reform,
    first_year
FROM indicator
ORDER BY sequence
