-- Schema version 5: any benchmark, and observations with a set-up of their own.

DROP VIEW leaderboard;
DROP VIEW chosen_evaluations;

-- What is not known is NULL; a bound of -Inf or Inf is open.
CREATE TABLE benchmarks_5 (
  id            INTEGER PRIMARY KEY,            -- in the order of display
  key           TEXT NOT NULL UNIQUE CHECK (key <> ''),  -- lower case
  title         TEXT NOT NULL,
  suite         TEXT,                           -- the table it stands in: openllm2 ...
  metric        TEXT,
  unit          TEXT,
  lower         REAL,                           -- nominal ends of its scale
  upper         REAL,
  chance        REAL,                           -- of a random guess, on its scale
  higher_is_better INTEGER CHECK (higher_is_better IN (0, 1)),
  instances     INTEGER CHECK (instances > 0),  -- number of questions
  family        TEXT,                           -- those that ask the same test have the same
  duplicate_of  TEXT,                           -- key of the one whose values these are
  variant_of    TEXT,                           -- key of the same test, scored otherwise
  guessed       INTEGER NOT NULL DEFAULT 0 CHECK (guessed IN (0, 1)),  -- its bounds, from its values
  hidden        INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1)),   -- by the user
  source        TEXT,                           -- the best that told about it
  rank          INTEGER NOT NULL DEFAULT 0      -- of that source
) STRICT;
INSERT INTO benchmarks_5 (id, key, title, instances, chance, variant_of, guessed)
  SELECT id, key, title, instances, nullif(chance, 0), variant_of, 1 FROM benchmarks;
DROP TABLE benchmarks;
ALTER TABLE benchmarks_5 RENAME TO benchmarks;
UPDATE OR IGNORE benchmarks SET key = lower(key) WHERE key <> lower(key);
-- What the cache knew was on a scale of 0 to 100.
UPDATE benchmarks SET lower = 0, upper = 100 WHERE id IN (SELECT benchmark FROM scores);
UPDATE benchmarks SET suite = 'openllm2', metric = 'normalised accuracy', unit = 'points',
  lower = 0, upper = 100, chance = 0, higher_is_better = 1, family = coalesce(variant_of, key),
  guessed = 0, source = 'stemma', rank = 40
  WHERE key IN ('ifeval', 'bbh', 'math_lvl_5', 'math_lvl_5_2024', 'gpqa', 'musr', 'mmlu_pro');

-- Other keys that lead to a benchmark.
CREATE TABLE benchmark_aliases (
  alias      TEXT PRIMARY KEY CHECK (alias <> ''),  -- lower case
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What else is known of models: provider, reasoning, open_weights, setting ...
CREATE TABLE model_attributes (
  model   INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  key     TEXT NOT NULL CHECK (key <> ''),      -- lower case
  value   TEXT NOT NULL,
  source  TEXT,
  rank    INTEGER NOT NULL DEFAULT 0,           -- of that source
  PRIMARY KEY (model, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations_5 (
  id             INTEGER PRIMARY KEY,
  model          INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source         TEXT NOT NULL,
  rank           INTEGER NOT NULL,              -- of the source; larger is shown first
  precision      TEXT NOT NULL DEFAULT '',      -- '' unknown: part of the key
  chat_template  INTEGER NOT NULL DEFAULT -1    -- 1 yes, 0 no, -1 unknown: part of the key
                 CHECK (chat_template IN (-1, 0, 1)),
  harness        TEXT NOT NULL DEFAULT '',      -- the program that ran it: part of the key
  version        TEXT NOT NULL DEFAULT '',      -- of that program: part of the key
  submitted      TEXT,                          -- ISO date
  revision       TEXT,                          -- sha of the model
  address        TEXT,                          -- where its results can be read
  flagged        INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1)),
  preferred      INTEGER NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1)),  -- by the user
  UNIQUE (model, source, precision, chat_template, harness, version)
) STRICT;
INSERT INTO evaluations_5
  (id, model, source, rank, precision, chat_template, submitted, revision, flagged, preferred)
  SELECT id, model, source, rank, precision, chat_template, submitted, revision, flagged, preferred
  FROM evaluations ORDER BY id;
DROP TABLE evaluations;
ALTER TABLE evaluations_5 RENAME TO evaluations;
CREATE INDEX evaluations_flagged ON evaluations (model) WHERE flagged = 1;

-- Observations: what a run measured on a benchmark in one set-up.
CREATE TABLE scores_5 (
  evaluation  INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  benchmark   INTEGER NOT NULL REFERENCES benchmarks (id),
  shots       INTEGER NOT NULL DEFAULT -1,      -- examples in the prompt, -1 unknown: part of the key
  setup       TEXT NOT NULL DEFAULT '',         -- what else tells it apart: part of the key
  value       REAL NOT NULL,                    -- on the benchmark's scale
  raw         REAL,                             -- as measured, 0..1
  error       REAL CHECK (error > 0),           -- standard error, on the same scale
  date        TEXT,                             -- ISO date, where it is not the run's
  address     TEXT,                             -- where it can be read
  limited     INTEGER NOT NULL DEFAULT 0 CHECK (limited IN (0, 1)),      -- some questions only
  preferred   INTEGER NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1)),    -- by the user
  PRIMARY KEY (evaluation, benchmark, shots, setup)
) STRICT, WITHOUT ROWID;
INSERT INTO scores_5 (evaluation, benchmark, value, raw)
  SELECT evaluation, benchmark, value, raw FROM scores ORDER BY evaluation, benchmark;
DROP TABLE scores;
ALTER TABLE scores_5 RENAME TO scores;

-- Columns that are drawn, and weighted means, by name.
CREATE TABLE boards (
  name       TEXT NOT NULL CHECK (name <> ''),
  position   INTEGER NOT NULL,                  -- from 0
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id) ON DELETE CASCADE,
  PRIMARY KEY (name, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE targets (
  name       TEXT NOT NULL CHECK (name <> ''),
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id) ON DELETE CASCADE,
  weight     REAL NOT NULL CHECK (weight > 0),
  PRIMARY KEY (name, benchmark)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER evaluations_added AFTER INSERT ON evaluations
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER evaluations_changed AFTER UPDATE ON evaluations
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER evaluations_removed AFTER DELETE ON evaluations
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER scores_added AFTER INSERT ON scores
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER scores_changed AFTER UPDATE ON scores
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER scores_removed AFTER DELETE ON scores
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER benchmarks_added AFTER INSERT ON benchmarks
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER benchmarks_changed AFTER UPDATE ON benchmarks
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER benchmarks_removed AFTER DELETE ON benchmarks
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER benchmark_aliases_added AFTER INSERT ON benchmark_aliases
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER benchmark_aliases_changed AFTER UPDATE ON benchmark_aliases
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER benchmark_aliases_removed AFTER DELETE ON benchmark_aliases
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER model_attributes_added AFTER INSERT ON model_attributes
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER model_attributes_changed AFTER UPDATE ON model_attributes
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER model_attributes_removed AFTER DELETE ON model_attributes
  BEGIN UPDATE data_changes SET version = version + 1; END;
-- The tables have other columns now: what was learned before is old.
UPDATE data_changes SET version = version + 1;

-- All observations, best first within a model and benchmark.  A run of three
-- benchmarks of the suite comes before a shorter one, so that its values stand
-- together.
CREATE VIEW ranked_scores AS
  SELECT e.model, s.benchmark, s.evaluation, s.shots, s.setup, s.value, s.raw, s.error,
    s.date, s.address, s.limited, s.preferred,
    row_number() OVER (
      PARTITION BY e.model, s.benchmark
      ORDER BY s.preferred DESC, e.preferred DESC, s.limited,
        (SELECT count(*) FROM
          (SELECT DISTINCT o.benchmark FROM scores AS o
             JOIN benchmarks AS ob ON ob.id = o.benchmark
           WHERE o.evaluation = s.evaluation AND ob.suite = b.suite LIMIT 3)) = 3 DESC,
        e.rank DESC, e.flagged, e.chat_template DESC, e.precision = 'bfloat16' DESC,
        coalesce(s.date, e.submitted, '') DESC, e.id DESC, s.shots DESC, s.setup) AS place
  FROM scores AS s
    JOIN evaluations AS e ON e.id = s.evaluation
    JOIN benchmarks AS b ON b.id = s.benchmark;

-- Of each model and benchmark the observation that is shown and learned from.
CREATE VIEW chosen_scores AS
  SELECT model, benchmark, evaluation, shots, setup, value, raw, error, date, address, limited
  FROM ranked_scores WHERE place = 1;

-- The same with names, for people: one row a score.
CREATE VIEW published AS
  SELECT m.name AS model, b.key AS benchmark, b.title, b.suite, c.value, b.unit, c.error,
    nullif(c.shots, -1) AS shots, nullif(c.setup, '') AS setup, c.limited,
    e.source, nullif(e.precision, '') AS precision, nullif(e.chat_template, -1) AS chat_template,
    nullif(e.harness, '') AS harness, nullif(e.version, '') AS version,
    coalesce(c.date, e.submitted) AS date, coalesce(c.address, e.address) AS address
  FROM chosen_scores AS c
    JOIN models AS m ON m.id = c.model
    JOIN benchmarks AS b ON b.id = c.benchmark
    JOIN evaluations AS e ON e.id = c.evaluation;
