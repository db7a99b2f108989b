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
