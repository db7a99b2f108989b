-- Schema version 8: sketches that were written out, and what was predicted of them then.

CREATE TABLE written_sketches (
  name   TEXT PRIMARY KEY COLLATE NOCASE CHECK (name <> ''),
  file   TEXT NOT NULL,
  model  TEXT COLLATE NOCASE                    -- whose results are its own; NULL: the model of that name
) STRICT, WITHOUT ROWID;
CREATE TABLE foretold (
  sketch     TEXT NOT NULL COLLATE NOCASE REFERENCES written_sketches (name) ON DELETE CASCADE,
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id) ON DELETE CASCADE,
  made       TEXT NOT NULL,                     -- ISO date and time, UTC
  mean       REAL NOT NULL,                     -- unit of the benchmark, as all that follow
  low50      REAL NOT NULL,
  high50     REAL NOT NULL,
  low90      REAL NOT NULL,
  high90     REAL NOT NULL,
  parents    REAL,                              -- weighted mean of the parents' scores; NULL: one has none
  PRIMARY KEY (sketch, benchmark)
) STRICT, WITHOUT ROWID;
