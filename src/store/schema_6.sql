-- Schema version 6: what each import brought, so that it can be taken back, and models
-- that have a folder and no name of their own.

ALTER TABLE imports ADD COLUMN added    INTEGER NOT NULL DEFAULT 0;  -- rows
ALTER TABLE imports ADD COLUMN updated  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE imports ADD COLUMN noted    INTEGER NOT NULL DEFAULT 0   -- it can be taken back
  CHECK (noted IN (0, 1));
ALTER TABLE imports ADD COLUMN undone   TEXT;                        -- ISO date and time, UTC

-- Which import brought a row first; NULL: none, or one before this version.
ALTER TABLE models ADD COLUMN import INTEGER;
ALTER TABLE aliases ADD COLUMN import INTEGER;
ALTER TABLE edges ADD COLUMN import INTEGER;
ALTER TABLE benchmarks ADD COLUMN import INTEGER;
ALTER TABLE model_attributes ADD COLUMN import INTEGER;
ALTER TABLE evaluations ADD COLUMN import INTEGER;
ALTER TABLE scores ADD COLUMN import INTEGER;
ALTER TABLE outcomes ADD COLUMN import INTEGER;

-- The names of models that only have a folder, and those that the user gave to them.
CREATE TABLE folders (
  path    TEXT PRIMARY KEY CHECK (path <> ''),
  name    TEXT NOT NULL CHECK (name <> ''),
  import  INTEGER
) STRICT, WITHOUT ROWID;

-- What stood in a row before another import than that which brought it spoke of it, whether
-- it changed anything or not.
CREATE TABLE before_models (
  id INTEGER NOT NULL, layer INTEGER NOT NULL,
  architecture TEXT, params_b REAL, license TEXT, kind TEXT, uploaded TEXT, likes REAL, moe INTEGER, source TEXT, rank INTEGER NOT NULL, import INTEGER,
  PRIMARY KEY (id, layer)
) STRICT, WITHOUT ROWID;
CREATE TABLE before_edges (
  child INTEGER NOT NULL, parent INTEGER NOT NULL, source TEXT NOT NULL, layer INTEGER NOT NULL,
  relation TEXT NOT NULL, weight REAL, method TEXT, trust INTEGER NOT NULL, note TEXT, import INTEGER,
  PRIMARY KEY (child, parent, source, layer)
) STRICT, WITHOUT ROWID;
CREATE TABLE before_model_attributes (
  model INTEGER NOT NULL, key TEXT NOT NULL, layer INTEGER NOT NULL,
  value TEXT NOT NULL, source TEXT, rank INTEGER NOT NULL, import INTEGER,
  PRIMARY KEY (model, key, layer)
) STRICT, WITHOUT ROWID;
CREATE TABLE before_scores (
  evaluation INTEGER NOT NULL, benchmark INTEGER NOT NULL, shots INTEGER NOT NULL, setup TEXT NOT NULL,
  layer INTEGER NOT NULL, value REAL NOT NULL, raw REAL, error REAL, date TEXT, address TEXT, limited INTEGER NOT NULL,
  preferred INTEGER NOT NULL, import INTEGER,
  PRIMARY KEY (evaluation, benchmark, shots, setup, layer)
) STRICT, WITHOUT ROWID;
CREATE TABLE before_outcomes (
  model INTEGER NOT NULL, benchmark INTEGER NOT NULL, layer INTEGER NOT NULL,
  questions INTEGER NOT NULL, bits BLOB NOT NULL, import INTEGER,
  PRIMARY KEY (model, benchmark, layer)
) STRICT, WITHOUT ROWID;

DROP VIEW published;
DROP VIEW chosen_scores;
DROP VIEW ranked_scores;
-- All observations, best first within a model and benchmark.  A run of three
-- benchmarks of the suite comes before a shorter one, so that its values stand
-- together, and the user's own before what others have published, however short.
CREATE VIEW ranked_scores AS
  SELECT e.model, s.benchmark, s.evaluation, s.shots, s.setup, s.value, s.raw, s.error,
    s.date, s.address, s.limited, s.preferred,
    row_number() OVER (
      PARTITION BY e.model, s.benchmark
      ORDER BY s.preferred DESC, e.preferred DESC, s.limited, e.rank >= 90 DESC,
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
