-- The cache, schema version 1.  Documented in stemma-cache(5).
-- Names compare without regard to ASCII case; text is UTF-8 without control
-- characters; a missing value is NULL, never 0 or ''.

CREATE TABLE models (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),
  architecture  TEXT,
  params_b      REAL CHECK (params_b > 0),      -- billions of parameters
  license       TEXT,
  kind          TEXT NOT NULL DEFAULT 'unknown',
  uploaded      TEXT,                           -- ISO date
  likes         REAL,
  moe           INTEGER,                        -- 0, 1 or NULL
  suspect       INTEGER NOT NULL DEFAULT 0,
  source        TEXT,                           -- where the facts are from
  rank          INTEGER NOT NULL DEFAULT 0      -- of that source
) STRICT;

-- Other names of a model: renames, names before a transfer.
CREATE TABLE aliases (
  alias   TEXT PRIMARY KEY COLLATE NOCASE,
  model   INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source  TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_model ON aliases (model);

-- Who was made from whom, as each source says.  The view "lineage" chooses.
CREATE TABLE edges (
  child     INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  parent    INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source    TEXT NOT NULL,
  relation  TEXT NOT NULL DEFAULT 'unknown',
  weight    REAL CHECK (weight >= 0),           -- share of the child, 0 = reference
  method    TEXT,                               -- merge method
  trust     INTEGER NOT NULL,                   -- 10 root … 100 user
  note      TEXT,
  PRIMARY KEY (child, parent, source),
  CHECK (child <> parent)
) STRICT, WITHOUT ROWID;
CREATE INDEX edges_parent ON edges (parent);

CREATE TABLE benchmarks (
  id          INTEGER PRIMARY KEY,
  key         TEXT NOT NULL UNIQUE,
  title       TEXT NOT NULL,
  instances   INTEGER,                          -- number of questions
  chance      REAL NOT NULL DEFAULT 0,          -- of a random guess, normalised points
  variant_of  TEXT                              -- key of the same test, scored otherwise
) STRICT;
INSERT INTO benchmarks (id, key, title, instances, variant_of) VALUES
  (1, 'ifeval',          'IFEval',                     541, NULL),
  (2, 'bbh',             'BBH',                       5761, NULL),
  (3, 'math_lvl_5',      'MATH Lvl 5',                1324, NULL),
  (4, 'math_lvl_5_2024', 'MATH Lvl 5 (2024 scoring)', 1324, 'math_lvl_5'),
  (5, 'gpqa',            'GPQA',                      1192, NULL),
  (6, 'musr',            'MuSR',                       756, NULL),
  (7, 'mmlu_pro',        'MMLU-PRO',                 12032, NULL);

-- One run of a model: who published it and how it was set up.
CREATE TABLE evaluations (
  id             INTEGER PRIMARY KEY,
  model          INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  rank           INTEGER NOT NULL,              -- of the source; larger is shown first
  precision      TEXT NOT NULL DEFAULT '',      -- '' unknown
  chat_template  INTEGER NOT NULL DEFAULT -1,   -- 1 yes, 0 no, -1 unknown
  submitted      TEXT,
  revision       TEXT,
  flagged        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (model, source, precision, chat_template)
) STRICT;

CREATE TABLE scores (
  evaluation  INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  benchmark   INTEGER NOT NULL REFERENCES benchmarks (id),
  value       REAL NOT NULL,                    -- normalised, 0..100
  raw         REAL,                             -- as measured, 0..1
  PRIMARY KEY (evaluation, benchmark)
) STRICT, WITHOUT ROWID;

-- Right and wrong answers, one bit a question, in the order of the benchmark.
CREATE TABLE outcomes (
  model      INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id),
  questions  INTEGER NOT NULL,
  bits       BLOB NOT NULL,
  PRIMARY KEY (model, benchmark)
) STRICT;

-- The latest fit of each prior.
CREATE TABLE fits (
  prior         TEXT PRIMARY KEY,
  data_version  INTEGER NOT NULL,
  created       TEXT NOT NULL,
  settings      TEXT NOT NULL,                  -- JSON
  models        INTEGER NOT NULL,
  seconds       REAL NOT NULL,
  state         BLOB NOT NULL                   -- learned variances
) STRICT;

CREATE TABLE sketches (
  name           TEXT PRIMARY KEY,              -- '' is the one open last
  method         TEXT NOT NULL,
  base           INTEGER REFERENCES models (id) ON DELETE SET NULL,
  chat_template  INTEGER NOT NULL DEFAULT -1,
  changed        TEXT NOT NULL
) STRICT;
CREATE TABLE sketch_parents (
  sketch    TEXT NOT NULL REFERENCES sketches (name) ON DELETE CASCADE,
  position  INTEGER NOT NULL,
  model     INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  weight    REAL NOT NULL,
  locked    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sketch, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE imports (
  id        INTEGER PRIMARY KEY,
  file      TEXT NOT NULL,
  format    TEXT NOT NULL,
  accepted  INTEGER NOT NULL,
  rejected  INTEGER NOT NULL,
  done      TEXT NOT NULL
) STRICT;

-- How far fetching from each address has come.
CREATE TABLE sync_state (
  resource  TEXT PRIMARY KEY,
  cursor    TEXT,
  etag      TEXT,
  done      TEXT
) STRICT;

-- Small values that the program keeps between runs.
CREATE TABLE state (
  key    TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT;
INSERT INTO state (key, value) VALUES ('data_version', '1');

-- Of all runs of a model the one that is shown: the best ranked source, then
-- with the chat template, then bfloat16, then the newest.
CREATE VIEW chosen_evaluations AS
  SELECT id, model FROM (
    SELECT id, model, row_number() OVER (
      PARTITION BY model
      ORDER BY rank DESC, flagged, chat_template DESC, precision = 'bfloat16' DESC,
               submitted DESC, id DESC) AS place
    FROM evaluations)
  WHERE place = 1;

-- The edges that count: for each child only the most trusted class of sources
-- (the user, a configuration, declared or listed parents, guesses, the root of
-- the chain), and of each parent in it the most trusted row.
CREATE VIEW lineage AS
  SELECT child, parent, relation, weight, method, source, trust, note FROM (
    SELECT e.*,
      max(CASE WHEN trust >= 100 THEN 5 WHEN trust >= 80 THEN 4 WHEN trust >= 40 THEN 3
               WHEN trust >= 20 THEN 2 ELSE 1 END) OVER (PARTITION BY child) AS best,
      CASE WHEN trust >= 100 THEN 5 WHEN trust >= 80 THEN 4 WHEN trust >= 40 THEN 3
           WHEN trust >= 20 THEN 2 ELSE 1 END AS class,
      row_number() OVER (PARTITION BY child, parent
                         ORDER BY trust DESC, weight IS NULL, source) AS place
    FROM edges AS e)
  WHERE class = best AND place = 1;

-- One row a model, for people.
CREATE VIEW leaderboard AS
  SELECT m.name, m.architecture, m.params_b, m.kind, m.license, m.uploaded,
    e.source, e.precision, e.chat_template,
    max(CASE WHEN s.benchmark = 1 THEN s.value END) AS ifeval,
    max(CASE WHEN s.benchmark = 2 THEN s.value END) AS bbh,
    max(CASE WHEN s.benchmark = 3 THEN s.value END) AS math_lvl_5,
    max(CASE WHEN s.benchmark = 4 THEN s.value END) AS math_lvl_5_2024,
    max(CASE WHEN s.benchmark = 5 THEN s.value END) AS gpqa,
    max(CASE WHEN s.benchmark = 6 THEN s.value END) AS musr,
    max(CASE WHEN s.benchmark = 7 THEN s.value END) AS mmlu_pro
  FROM chosen_evaluations AS c
    JOIN models AS m ON m.id = c.model
    JOIN evaluations AS e ON e.id = c.id
    JOIN scores AS s ON s.evaluation = c.id
  GROUP BY c.id;
