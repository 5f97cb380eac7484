SELECT
    rule_id,
    measure,
    comparator,
    aggregate,
    operand
FROM measure_rule
ORDER BY rule_id, operand
