SELECT
    plan_year,
    target,
    label_vi,
    label_en,
    wording_vi,
    wording_en
FROM defined_plan_target
ORDER BY plan_year, target
