-- Communes register one after the other, are assessed some years later, and then recognised.
WITH step AS (
    SELECT
        r.*,
        1.2 * dice(r.unit_code, 'registers', 0) AS registers,
        p.position
    FROM received_report AS r
    INNER JOIN (SELECT DISTINCT period, position FROM part) AS p ON r.period = p.period
    WHERE r.accepted
)

SELECT
    submission_id,
    period,
    CASE
        WHEN dice(unit_code, 'stage', period) < 0.01 THEN NULL
        WHEN position <= registers THEN 'none'
        WHEN position <= registers + 0.15 THEN 'registered'
        WHEN position <= registers + 0.35 THEN 'assessed'
        ELSE 'recognised'
    END AS stage,
    CASE WHEN position > registers THEN reported_on - 200 END AS registered_on,
    CASE WHEN position > registers THEN '01/KH-UBND' END AS registration_document,
    CASE WHEN position > registers + 0.35 THEN reported_on - 30 END AS recognised_on,
    CASE WHEN position > registers + 0.35 THEN '02/QĐ-UBND' END AS recognition_decision
FROM step
ORDER BY submission_id
