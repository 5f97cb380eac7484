-- One row: whose data these are, until when, and whether any of it is made up.
SELECT
    p.code AS province_code,
    p.name_vi AS province_vi,
    p.name_en AS province_en,
    r.last_received_at,
    r.sample
FROM defined_province AS p
CROSS JOIN (
    SELECT
        max(received_at) AS last_received_at,
        coalesce(bool_or(sample), FALSE) AS sample
    FROM received_report
) AS r
