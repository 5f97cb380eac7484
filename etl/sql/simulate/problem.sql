-- What was wrong with the rejected reports.
SELECT
    submission_id,
    'error' AS severity,
    'missing_value' AS rule,
    NULL AS sheet,
    NULL AS cell,
    'children_under16' AS measure,
    NULL AS value,
    'Mô phỏng: thiếu số liệu.' AS message_vi,
    'Simulated: a figure is missing.' AS message_en
FROM received_report
WHERE period = $period AND NOT accepted
ORDER BY submission_id
