-- The tables that are filled from the definitions and from the archive. All others are models: one SELECT each.

-- Definitions ------------------------------------------------------------------------------------------------

CREATE TABLE warehouse_info (
    schema_version INTEGER,
    definitions_sha256 VARCHAR
);

CREATE TABLE unit (
    vintage VARCHAR,
    code VARCHAR,
    name VARCHAR,
    unit_type VARCHAR,
    district_code VARCHAR,
    district VARCHAR,
    lat DOUBLE,
    lon DOUBLE
);

-- The name, kind and district of each unit as they were on the period's cut-off day, and the place of the name among all:
-- SQL has no order for Vietnamese.
CREATE TABLE unit_name (
    period VARCHAR,
    vintage VARCHAR,
    code VARCHAR,
    name VARCHAR,
    unit_type VARCHAR,
    district_code VARCHAR,
    district VARCHAR,
    name_order INTEGER
);

CREATE TABLE unit_trait (
    vintage VARCHAR,
    code VARCHAR,
    border BOOLEAN,
    extremely_difficult BOOLEAN
);

CREATE TABLE unit_succession (
    from_vintage VARCHAR,
    from_code VARCHAR,
    to_vintage VARCHAR,
    to_code VARCHAR
);

CREATE TABLE province (
    code VARCHAR
);

-- Each unit in itself and in every later unit that it became part of.
CREATE TABLE unit_rollup (
    from_vintage VARCHAR,
    from_code VARCHAR,
    to_vintage VARCHAR,
    to_code VARCHAR
);

-- vintage: the one that reports in this period. sequence: order in time.
CREATE TABLE period (
    period VARCHAR,
    sequence INTEGER,
    year INTEGER,
    cut_off DATE,
    due_on DATE,
    vintage VARCHAR,
    period_before VARCHAR,
    year_before VARCHAR
);

-- first_year: from when on it is asked for.
CREATE TABLE measure (
    code VARCHAR,
    measure VARCHAR,
    label_vi VARCHAR,
    label_en VARCHAR,
    unit_vi VARCHAR,
    unit_en VARCHAR,
    flow VARCHAR,
    sensitive BOOLEAN,
    first_year INTEGER
);

-- The groups of children that a measure is asked for, all together among them.
CREATE TABLE measure_group (
    measure VARCHAR,
    population_group VARCHAR
);

CREATE TABLE measure_rule (
    rule_id INTEGER,
    measure VARCHAR,
    comparator VARCHAR,
    aggregate VARCHAR,
    operand VARCHAR
);

-- first_year: from when on both its figures are asked for.
CREATE TABLE indicator (
    indicator VARCHAR,
    sequence INTEGER,
    label_vi VARCHAR,
    label_en VARCHAR,
    short_vi VARCHAR,
    short_en VARCHAR,
    numerator VARCHAR,
    denominator VARCHAR,
    kind VARCHAR,
    direction VARCHAR,
    across_reform VARCHAR,
    first_year INTEGER
);

CREATE TABLE indicator_group (
    indicator VARCHAR,
    population_group VARCHAR
);

-- counts: whether such a play area makes its commune one that has a play area.
CREATE TABLE play_area_condition (
    condition VARCHAR,
    counts BOOLEAN
);

-- The target of each indicator in each period, from the plan in force; target_value and near_margin in percent.
-- horizon_year: by when it is to be reached at the latest.
CREATE TABLE target (
    period VARCHAR,
    plan_year INTEGER,
    target INTEGER,
    indicator VARCHAR,
    comparator VARCHAR,
    target_value DECIMAL(9, 6),
    target_fraction DECIMAL(11, 8),
    near_margin DECIMAL(9, 6),
    horizon_year INTEGER
);

CREATE TABLE task_item (
    task INTEGER,
    item VARCHAR
);

-- What the plan in force expects of every commune in each period. expectation: what is to be reported. minimum where
-- that alone must reach so much, else at least target_fraction of denominator. due: expected in this period already.
CREATE TABLE task_expectation (
    period VARCHAR,
    task INTEGER,
    expectation VARCHAR,
    sequence INTEGER,
    denominator VARCHAR,
    minimum DECIMAL(20, 6),
    target_fraction DECIMAL(11, 8),
    due BOOLEAN,
    near_margin DECIMAL(9, 6)
);

-- One row: the thresholds of the statistics, as data/statistics.toml explains them.
CREATE TABLE statistic (
    z_inner DOUBLE,
    z_outer DOUBLE,
    pace_on_track DOUBLE,
    pace_acceleration_needed DOUBLE,
    pace_limited_progress DOUBLE,
    pace_latest_year INTEGER,
    trend_years INTEGER,
    trend_chi_square DOUBLE,
    outlier_score DOUBLE,
    outlier_figures INTEGER,
    outlier_years INTEGER,
    outlier_denominator INTEGER
);

CREATE TABLE criterion (
    criterion INTEGER,
    points_max DOUBLE
);

-- Points that a unit needs in a period to be recognised as child-friendly.
CREATE TABLE recognition_threshold (
    vintage VARCHAR,
    unit_code VARCHAR,
    period VARCHAR,
    points DECIMAL(9, 3)
);

-- What was received ------------------------------------------------------------------------------------------

-- One row a report; a CSV file holds several. Rejected reports have rows here and in problem, nowhere else.
-- admitted: it came for a closed period, and counts as received when it was let in for a reason.
CREATE TABLE received_report (
    submission_id VARCHAR,
    sha256 VARCHAR,
    file_name VARCHAR,
    received_at TIMESTAMP,
    unit_code VARCHAR,
    vintage VARCHAR,
    period VARCHAR,
    reported_on DATE,
    dated_on DATE,
    accepted BOOLEAN,
    has_play_areas BOOLEAN,
    sample BOOLEAN,
    admitted BOOLEAN
);

-- What people decided about reports, in its order; see etl/decisions.py for which action uses which columns.
CREATE TABLE decision (
    decision_id INTEGER,
    action VARCHAR,
    decided_by VARCHAR,
    period VARCHAR,
    unit_code VARCHAR,
    submission_id VARCHAR,
    sha256 VARCHAR,
    rule VARCHAR,
    sheet VARCHAR,
    cell VARCHAR,
    reason VARCHAR,
    decided_at TIMESTAMP
);

CREATE TABLE problem (
    submission_id VARCHAR,
    severity VARCHAR,
    rule VARCHAR,
    sheet VARCHAR,
    cell VARCHAR,
    measure VARCHAR,
    value VARCHAR,
    message_vi VARCHAR,
    message_en VARCHAR
);

-- The reported_ tables hold every accepted revision; value NULL is not reported. period is the report's own: by it what
-- one half-year brought is found without a look at all others.
CREATE TABLE reported_figure (
    submission_id VARCHAR,
    period VARCHAR,
    measure VARCHAR,
    population_group VARCHAR,
    value BIGINT
);

CREATE TABLE reported_play_area (
    submission_id VARCHAR,
    period VARCHAR,
    name VARCHAR,
    hamlet VARCHAR,
    kind VARCHAR,
    lat DOUBLE,
    lon DOUBLE,
    area_m2 DOUBLE,
    since_year INTEGER,
    condition VARCHAR,
    accessible BOOLEAN
);

CREATE TABLE reported_child_friendly (
    submission_id VARCHAR,
    period VARCHAR,
    stage VARCHAR,
    registered_on DATE,
    registration_document VARCHAR,
    recognised_on DATE,
    recognition_decision VARCHAR
);

CREATE TABLE reported_criterion (
    submission_id VARCHAR,
    period VARCHAR,
    criterion INTEGER,
    points_max DOUBLE,
    points DOUBLE
);

CREATE TABLE reported_task (
    submission_id VARCHAR,
    period VARCHAR,
    task INTEGER,
    item VARCHAR,
    value DOUBLE
);
