-- Xã chưa có điểm vui chơi, nhiều trẻ em nhất xếp trước | Communes without a play area, those with most children first
SELECT u.code, u.name, c.children_under16, c.nearest_m, c.nearest_name
FROM commune_play_area AS c
JOIN unit AS u ON u.vintage = c.vintage AND u.code = c.unit_code
WHERE c.vintage = '2021' AND c.period = '2024' AND c.has_play_area = 0
ORDER BY c.children_under16 DESC
