-- A total that moved by more than half.
SELECT
    submission_id,
    sheet,
    cell,
    measure,
    value,
    earlier_value AS limit_value,
    compared_period
FROM compared_figure
WHERE 2 * abs(value - earlier_value) > earlier_value AND abs(value - earlier_value) >= $jump_minimum
