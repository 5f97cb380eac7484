SELECT
    code,
    task,
    item,
    label_vi,
    label_en,
    unit_vi,
    unit_en,
    kind
FROM defined_task_item
ORDER BY task, code
