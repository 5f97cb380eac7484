-- Formulas that several models need, each written once. Another engine declares the same as functions.
-- x of n are counts, or x = n * p for a share that is expected. Results are fractions, NULL where n is NULL or 0.
-- Where 0 <= x <= n no root is of less than zero: greatest() keeps a load from stopping at figures that are wrong.

-- x of n in percent.
CREATE TEMPORARY MACRO percentage(x, n) AS
CAST(100 * x AS DOUBLE) / CAST(nullif(n, 0) AS DOUBLE);

-- Wilson's score limits of x of n (Wilson 1927).
CREATE TEMPORARY MACRO score_lower(x, n, z) AS
CASE
    WHEN n > 0 AND x IS NOT NULL
        THEN greatest(
            0.0,
            (2 * x + z * z - z * sqrt(greatest(0.0, z * z + 4 * x * (1 - CAST(x AS DOUBLE) / n))))
            / (2 * (n + z * z))
        )
END;

CREATE TEMPORARY MACRO score_upper(x, n, z) AS
CASE
    WHEN n > 0 AND x IS NOT NULL
        THEN least(
            1.0,
            (2 * x + z * z + z * sqrt(greatest(0.0, z * z + 4 * x * (1 - CAST(x AS DOUBLE) / n))))
            / (2 * (n + z * z))
        )
END;

-- Limits of a funnel around an expected share p: the wider of two. Wilson's formula at x = n * p is the published one
-- (PHEindicatormethods), but for a small n it never reaches 0 or 1, so it would call 1 of 1 above a share of 99 %. Where
-- a unit's own interval just touches p, one count further, holds there, but is too narrow near 0 and 1 for a larger n.
-- By the binomial distribution a unit like all others lies below the wider one with the nominal probability at most.
CREATE TEMPORARY MACRO funnel_lower(p, n, z) AS
CASE
    WHEN n > 0 AND p IS NOT NULL
        THEN greatest(0.0, least(score_lower(n * p, n, z), p - z * sqrt(greatest(0.0, p * (1 - p)) / n) - 1.0 / n))
END;

CREATE TEMPORARY MACRO funnel_upper(p, n, z) AS
CASE
    WHEN n > 0 AND p IS NOT NULL
        THEN least(1.0, greatest(score_upper(n * p, n, z), p + z * sqrt(greatest(0.0, p * (1 - p)) / n) + 1.0 / n))
END;

-- How far a limit of p - q lies from it: Newcombe's hybrid of the two shares' own limits (Newcombe 1998, method 10).
-- For the lower limit toward_p is the lower limit of p and toward_q the upper one of q; for the upper the reverse.
CREATE TEMPORARY MACRO difference_reach(p, q, toward_p, toward_q) AS
sqrt((p - toward_p) * (p - toward_p) + (toward_q - q) * (toward_q - q));

-- Standard error of the logarithm of (x / n) / (y / m) (Katz 1978); NULL where x or y is 0: there is no logarithm.
CREATE TEMPORARY MACRO log_ratio_error(x, n, y, m) AS
CASE WHEN x > 0 AND y > 0 AND n > 0 AND m > 0 THEN sqrt(greatest(0.0, 1.0 / x - 1.0 / n + 1.0 / y - 1.0 / m)) END;

-- Whether x of n meets a target, exactly: target is a decimal fraction. NULL where the target is to rise.
CREATE TEMPORARY MACRO meets_target(x, n, comparator, target) AS
CASE comparator
    WHEN '>=' THEN CAST(x AS DECIMAL(18, 0)) >= target * CAST(n AS DECIMAL(18, 0))
    WHEN '>' THEN CAST(x AS DECIMAL(18, 0)) > target * CAST(n AS DECIMAL(18, 0))
END;

-- The chi-square of a straight line through shares, one degree of freedom (Armitage 1955), from the sums over years of
-- x, n, t * x, t * n and t * t * n. NULL where x is 0 or n throughout.
CREATE TEMPORARY MACRO trend_chi_square(x, n, tx, tn, ttn) AS
CAST(n AS DOUBLE)
* (CAST(n AS DOUBLE) * tx - CAST(x AS DOUBLE) * tn) * (CAST(n AS DOUBLE) * tx - CAST(x AS DOUBLE) * tn)
/ nullif(CAST(x AS DOUBLE) * (n - x) * (CAST(n AS DOUBLE) * ttn - CAST(tn AS DOUBLE) * tn), 0);

-- Half the angle between two points on a sphere, from degrees (haversine formula).
CREATE TEMPORARY MACRO half_angle(from_lat, from_lon, to_lat, to_lon) AS
asin(
    sqrt(
        sin(radians(to_lat - from_lat) / 2) * sin(radians(to_lat - from_lat) / 2)
        + cos(radians(from_lat)) * cos(radians(to_lat))
        * sin(radians(to_lon - from_lon) / 2) * sin(radians(to_lon - from_lon) / 2)
    )
);
