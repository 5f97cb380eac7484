-- The figures of a period that stand out, those that stand out most first. Most departures from a unit's own past are
-- of a child or two in a series that hardly moves: large is what would be named as a jump, and against the past moves
-- by a tenth as well.
SELECT
    o.*,
    u.name,
    u.district,
    coalesce(m.code || ' ' || m.label_vi, i.label_vi) AS label_vi,
    coalesce(m.code || ' ' || m.label_en, i.label_en) AS label_en,
    abs(o.difference) >= CAST($jump_minimum AS INTEGER)
    AND (o.kind = 'peers' OR abs(o.difference) >= 0.1 * o.usual) AS large
FROM outlier AS o
INNER JOIN unit AS u ON o.vintage = u.vintage AND o.unit_code = u.code
LEFT JOIN measure AS m ON o.kind = 'past' AND o.subject = m.measure
LEFT JOIN indicator AS i ON o.kind = 'peers' AND o.subject = i.indicator
WHERE o.period = $period AND o.vintage = $vintage
ORDER BY abs(o.score) DESC, o.unit_code, o.subject
