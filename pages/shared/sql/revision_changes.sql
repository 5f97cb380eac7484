-- Totals of a period that a revision changed by more than half, the largest change first.
SELECT
    c.unit_code,
    u.name,
    u.district,
    c.revision,
    c.received_at,
    c.value_before,
    c.value_after,
    m.code || ' ' || m.label_vi AS label_vi,
    m.code || ' ' || m.label_en AS label_en
FROM revision_change AS c
INNER JOIN unit AS u ON c.vintage = u.vintage AND c.unit_code = u.code
INNER JOIN measure AS m ON c.measure = m.measure
WHERE c.period = $period
ORDER BY abs(c.value_after - c.value_before) DESC, c.unit_code, c.revision, m.code
