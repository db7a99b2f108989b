-- The cache, schema version 1.  Documented in stemma-cache(5).
-- Names compare without regard to ASCII case; text is UTF-8 without control
-- characters; a missing value is NULL, never 0 or ''.

CREATE TABLE models (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),
  architecture  TEXT,
  params_b      REAL CHECK (params_b > 0),      -- billions of parameters
  license       TEXT,
  kind          TEXT,                           -- pretrained, finetuned, chat, merge ...
  uploaded      TEXT,                           -- ISO date
  likes         REAL,
  moe           INTEGER CHECK (moe IN (0, 1)),  -- mixture of experts
  suspect       INTEGER NOT NULL DEFAULT 0 CHECK (suspect IN (0, 1)),
  source        TEXT,                           -- the best that told about it
  rank          INTEGER NOT NULL DEFAULT 0      -- of that source
) STRICT;

-- Other names of a model: renames, names before a transfer.
CREATE TABLE aliases (
  alias   TEXT PRIMARY KEY COLLATE NOCASE CHECK (alias <> ''),
  model   INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source  TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_model ON aliases (model);

-- Who was made from whom, as each source says; effective_edges chooses.
CREATE TABLE edges (
  child     INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  parent    INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source    TEXT NOT NULL,
  relation  TEXT NOT NULL DEFAULT 'unknown',
  weight    REAL CHECK (weight >= 0),           -- share of the child, 0 = reference
  method    TEXT,                               -- merge method
  trust     INTEGER NOT NULL,                   -- 10 root ... 100 user
  note      TEXT,
  PRIMARY KEY (child, parent, source),
  CHECK (child <> parent)
) STRICT, WITHOUT ROWID;
CREATE INDEX edges_parent ON edges (parent);

CREATE TABLE benchmarks (
  id          INTEGER PRIMARY KEY,              -- in the order of display
  key         TEXT NOT NULL UNIQUE,
  title       TEXT NOT NULL,
  instances   INTEGER CHECK (instances > 0),    -- number of questions
  chance      REAL NOT NULL DEFAULT 0,          -- of a random guess, normalised points
  variant_of  TEXT REFERENCES benchmarks (key)  -- the same test, scored otherwise
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
  precision      TEXT NOT NULL DEFAULT '',      -- '' unknown: part of the key
  chat_template  INTEGER NOT NULL DEFAULT -1    -- 1 yes, 0 no, -1 unknown: part of the key
                 CHECK (chat_template IN (-1, 0, 1)),
  submitted      TEXT,                          -- ISO date
  revision       TEXT,                          -- sha of the model
  flagged        INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1)),
  UNIQUE (model, source, precision, chat_template)
) STRICT;
CREATE INDEX evaluations_flagged ON evaluations (model) WHERE flagged = 1;

CREATE TABLE scores (
  evaluation  INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  benchmark   INTEGER NOT NULL REFERENCES benchmarks (id),
  value       REAL NOT NULL,                    -- normalised, 0..100
  raw         REAL,                             -- as measured, 0..1
  PRIMARY KEY (evaluation, benchmark)
) STRICT, WITHOUT ROWID;

-- Right and wrong answers, one bit a question, in the order of the benchmark.
-- This version makes the table; later ones fill it.
CREATE TABLE outcomes (
  model      INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id),
  questions  INTEGER NOT NULL CHECK (questions > 0),
  bits       BLOB NOT NULL,                     -- first question in the lowest bit
  PRIMARY KEY (model, benchmark),
  CHECK (length(bits) = (questions + 7) / 8)
) STRICT;

-- The latest fit of each prior.
CREATE TABLE fits (
  prior         TEXT PRIMARY KEY,
  data_version  INTEGER NOT NULL,               -- of the data it was learned from
  created       TEXT NOT NULL,                  -- ISO date and time, UTC
  settings      TEXT NOT NULL,                  -- JSON
  models        INTEGER NOT NULL,               -- scored models in it
  seconds       REAL NOT NULL,
  state         BLOB NOT NULL                   -- the engine's own bytes
) STRICT;

CREATE TABLE sketches (
  name           TEXT PRIMARY KEY,              -- '' is the one open last
  method         TEXT NOT NULL,
  base           INTEGER REFERENCES models (id) ON DELETE SET NULL,
  chat_template  INTEGER NOT NULL DEFAULT -1,
  changed        TEXT NOT NULL                  -- ISO date and time, UTC
) STRICT;
CREATE TABLE sketch_parents (
  sketch    TEXT NOT NULL REFERENCES sketches (name) ON DELETE CASCADE,
  position  INTEGER NOT NULL,                   -- from 0
  model     INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  weight    REAL NOT NULL,
  locked    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sketch, position)
) STRICT, WITHOUT ROWID;

-- What was imported; a log.
CREATE TABLE imports (
  id        INTEGER PRIMARY KEY,
  file      TEXT NOT NULL,
  format    TEXT NOT NULL,
  accepted  INTEGER NOT NULL,
  rejected  INTEGER NOT NULL,
  done      TEXT NOT NULL                       -- ISO date and time, UTC
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

-- Counts the changes of the data that fits are learned from.  What the program
-- changes it counts itself, for speed; the triggers are for changes by hand,
-- after which a fit must also be known to be old.
CREATE TABLE data_changes (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  version  INTEGER NOT NULL
) STRICT;
INSERT INTO data_changes (id, version) VALUES (1, 1);

CREATE TRIGGER models_added AFTER INSERT ON models
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER models_changed AFTER UPDATE ON models
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER models_removed AFTER DELETE ON models
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER edges_added AFTER INSERT ON edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER edges_changed AFTER UPDATE ON edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER edges_removed AFTER DELETE ON edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
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

-- Of all runs of a model the one that is shown, and with it all its scores.
-- A run that has a larger row here is not shown.  The count comes first so
-- that a run of one or two benchmarks does not hide a whole row.
CREATE VIEW chosen_evaluations AS
  SELECT e.id, e.model FROM evaluations AS e
  WHERE NOT EXISTS (
    SELECT 1 FROM evaluations AS o
    WHERE o.model = e.model AND o.id <> e.id AND
      ((SELECT count(*) FROM scores WHERE evaluation = o.id) >= 3,
       o.rank, 1 - o.flagged, o.chat_template, o.precision = 'bfloat16',
       coalesce(o.submitted, ''), o.id) >
      ((SELECT count(*) FROM scores WHERE evaluation = e.id) >= 3,
       e.rank, 1 - e.flagged, e.chat_template, e.precision = 'bfloat16',
       coalesce(e.submitted, ''), e.id));

-- Edges with the class of their source: 5 the user, 4 a configuration,
-- 3 the author or a table, 2 a guess, 1 the root of the chain.
CREATE VIEW classed_edges AS
  SELECT *, CASE WHEN trust >= 100 THEN 5 WHEN trust >= 80 THEN 4
                 WHEN trust >= 40 THEN 3 WHEN trust >= 20 THEN 2 ELSE 1 END AS class
  FROM edges;

-- The edges that count: of each child those of its best class, and of each
-- parent the most trusted row, rather with a weight, then by source.
CREATE VIEW effective_edges AS
  SELECT child, parent, relation, weight, method, source, trust, note
  FROM classed_edges AS e
  WHERE class = (SELECT max(class) FROM classed_edges WHERE child = e.child)
    AND NOT EXISTS (
      SELECT 1 FROM edges AS o
      WHERE o.child = e.child AND o.parent = e.parent AND o.source <> e.source AND
        (o.trust, o.weight IS NOT NULL, e.source) > (e.trust, e.weight IS NOT NULL, o.source));

-- The same with names, for people.
CREATE VIEW lineage AS
  SELECT c.name AS child, p.name AS parent, e.relation, e.weight, e.method,
    CASE WHEN e.trust >= 100 THEN 'user' WHEN e.trust >= 80 THEN 'configuration'
         WHEN e.trust >= 60 THEN 'declared' WHEN e.trust >= 40 THEN 'listed'
         WHEN e.trust >= 20 THEN 'inferred' ELSE 'root' END AS trust,
    e.source, e.note
  FROM effective_edges AS e
    JOIN models AS c ON c.id = e.child
    JOIN models AS p ON p.id = e.parent;

-- The chosen scores, one row a model, for people.
CREATE VIEW leaderboard AS
  SELECT name, (ifeval + bbh + coalesce(math_lvl_5, math_lvl_5_2024) + gpqa + musr + mmlu_pro) / 6
      AS average,
    ifeval, bbh, math_lvl_5, math_lvl_5_2024, gpqa, musr, mmlu_pro,
    architecture, params_b, kind, license, uploaded, source, precision, chat_template
  FROM (
    SELECT m.name, m.architecture, m.params_b, m.kind, m.license, m.uploaded,
      e.source, nullif(e.precision, '') AS precision,
      nullif(e.chat_template, -1) AS chat_template,
      max(s.value) FILTER (WHERE s.benchmark = 1) AS ifeval,
      max(s.value) FILTER (WHERE s.benchmark = 2) AS bbh,
      max(s.value) FILTER (WHERE s.benchmark = 3) AS math_lvl_5,
      max(s.value) FILTER (WHERE s.benchmark = 4) AS math_lvl_5_2024,
      max(s.value) FILTER (WHERE s.benchmark = 5) AS gpqa,
      max(s.value) FILTER (WHERE s.benchmark = 6) AS musr,
      max(s.value) FILTER (WHERE s.benchmark = 7) AS mmlu_pro
    FROM chosen_evaluations AS c
      JOIN evaluations AS e ON e.id = c.id
      JOIN models AS m ON m.id = c.model
      JOIN scores AS s ON s.evaluation = c.id
    GROUP BY c.id);
