-- A cache as stemma 0.1.0 wrote it: three models, two runs of one of them, of which the
-- user chose the second, lineage, a flag, a sketch, an alias and answers.
BEGIN TRANSACTION;
CREATE TABLE aliases (
  alias   TEXT PRIMARY KEY COLLATE NOCASE CHECK (alias <> ''),
  model   INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  source  TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO "aliases" VALUES('old/chat-7b',2,'card');
CREATE TABLE benchmarks (
  id          INTEGER PRIMARY KEY,              -- in the order of display
  key         TEXT NOT NULL UNIQUE,
  title       TEXT NOT NULL,
  instances   INTEGER CHECK (instances > 0),    -- number of questions
  chance      REAL NOT NULL DEFAULT 0,          -- of a random guess, normalised points
  variant_of  TEXT REFERENCES benchmarks (key)  -- the same test, scored otherwise
) STRICT;
INSERT INTO "benchmarks" VALUES(1,'ifeval','IFEval',541,0.0,NULL);
INSERT INTO "benchmarks" VALUES(2,'bbh','BBH',5761,0.0,NULL);
INSERT INTO "benchmarks" VALUES(3,'math_lvl_5','MATH Lvl 5',1324,0.0,NULL);
INSERT INTO "benchmarks" VALUES(4,'math_lvl_5_2024','MATH Lvl 5 (2024 scoring)',1324,0.0,'math_lvl_5');
INSERT INTO "benchmarks" VALUES(5,'gpqa','GPQA',1192,0.0,NULL);
INSERT INTO "benchmarks" VALUES(6,'musr','MuSR',756,0.0,NULL);
INSERT INTO "benchmarks" VALUES(7,'mmlu_pro','MMLU-PRO',12032,0.0,NULL);
INSERT INTO "benchmarks" VALUES(8,'quiz','quiz',3,0.0,NULL);
CREATE TABLE data_changes (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  version  INTEGER NOT NULL
) STRICT;
INSERT INTO "data_changes" VALUES(1,36);
CREATE TABLE dropped_edges (
  child   INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  parent  INTEGER REFERENCES models (id) ON DELETE CASCADE,
  note    TEXT
) STRICT;
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
INSERT INTO "edges" VALUES(2,1,'card-list','finetune',NULL,NULL,60,NULL);
INSERT INTO "edges" VALUES(3,1,'card-list','merge',0.25,'linear',60,NULL);
INSERT INTO "edges" VALUES(3,2,'card-list','merge',0.75,'linear',60,NULL);
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
  flagged        INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1)), preferred INTEGER NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1)),
  UNIQUE (model, source, precision, chat_template)
) STRICT;
INSERT INTO "evaluations" VALUES(1,1,'user',90,'bfloat16',0,'2024-02-01',NULL,0,0);
INSERT INTO "evaluations" VALUES(2,2,'user',90,'bfloat16',1,'2024-04-01',NULL,0,0);
INSERT INTO "evaluations" VALUES(3,3,'user',90,'float16',0,'2024-06-01',NULL,0,0);
INSERT INTO "evaluations" VALUES(4,2,'user',90,'float16',0,'2024-05-01',NULL,0,1);
CREATE TABLE fits (
  prior         TEXT PRIMARY KEY,
  data_version  INTEGER NOT NULL,               -- of the data it was learned from
  created       TEXT NOT NULL,                  -- ISO date and time, UTC
  settings      TEXT NOT NULL,                  -- JSON
  models        INTEGER NOT NULL,               -- scored models in it
  seconds       REAL NOT NULL,
  state         BLOB NOT NULL                   -- the engine's own bytes
) STRICT;
CREATE TABLE flags (
  model   INTEGER PRIMARY KEY REFERENCES models (id) ON DELETE CASCADE,
  reason  TEXT NOT NULL CHECK (reason <> ''),
  made    TEXT NOT NULL                         -- ISO date and time, UTC
) STRICT;
INSERT INTO "flags" VALUES(3,'contaminated','2026-11-01T10:00:00Z');
CREATE TABLE imports (
  id        INTEGER PRIMARY KEY,
  file      TEXT NOT NULL,
  format    TEXT NOT NULL,
  accepted  INTEGER NOT NULL,
  rejected  INTEGER NOT NULL,
  done      TEXT NOT NULL                       -- ISO date and time, UTC
) STRICT;
INSERT INTO "imports" VALUES(1,'m.csv','models',6,0,'2026-12-01T01:44:49Z');
INSERT INTO "imports" VALUES(2,'m2.csv','models',2,0,'2026-12-01T01:44:49Z');
INSERT INTO "imports" VALUES(3,'e.csv','edges',3,0,'2026-12-01T01:44:49Z');
INSERT INTO "imports" VALUES(4,'quiz.csv','models',2,2,'2026-12-01T01:44:49Z');
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
INSERT INTO "models" VALUES(1,'acme/base-7b','MistralForCausalLM',7.24,'apache-2.0','pretrained','2024-01-02',NULL,NULL,0,'user',90);
INSERT INTO "models" VALUES(2,'acme/chat-7b','MistralForCausalLM',7.24,'apache-2.0','chat','2024-03-04',NULL,NULL,0,'user',90);
INSERT INTO "models" VALUES(3,'acme/merge-7b','MistralForCausalLM',7.24,'mit','merge','2024-05-06',NULL,NULL,0,'user',90);
CREATE TABLE outcomes (
  model      INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id),
  questions  INTEGER NOT NULL CHECK (questions > 0),
  bits       BLOB NOT NULL,                     -- first question in the lowest bit
  PRIMARY KEY (model, benchmark),
  CHECK (length(bits) = (questions + 7) / 8)
) STRICT;
INSERT INTO "outcomes" VALUES(1,8,3,X'02');
INSERT INTO "outcomes" VALUES(2,8,3,X'03');
CREATE TABLE questions (
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id) ON DELETE CASCADE,
  place      INTEGER NOT NULL CHECK (place >= 0),   -- of its bit in outcomes
  name       TEXT NOT NULL CHECK (name <> ''),
  PRIMARY KEY (benchmark, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE scores (
  evaluation  INTEGER NOT NULL REFERENCES evaluations (id) ON DELETE CASCADE,
  benchmark   INTEGER NOT NULL REFERENCES benchmarks (id),
  value       REAL NOT NULL,                    -- normalised, 0..100
  raw         REAL,                             -- as measured, 0..1
  PRIMARY KEY (evaluation, benchmark)
) STRICT, WITHOUT ROWID;
INSERT INTO "scores" VALUES(1,1,23.9,NULL);
INSERT INTO "scores" VALUES(1,2,22.0,NULL);
INSERT INTO "scores" VALUES(1,3,3.0,NULL);
INSERT INTO "scores" VALUES(1,5,5.6,NULL);
INSERT INTO "scores" VALUES(1,6,9.1,NULL);
INSERT INTO "scores" VALUES(1,7,22.3,NULL);
INSERT INTO "scores" VALUES(2,1,54.5,NULL);
INSERT INTO "scores" VALUES(2,2,33.1,NULL);
INSERT INTO "scores" VALUES(2,3,7.5,NULL);
INSERT INTO "scores" VALUES(2,5,7.7,NULL);
INSERT INTO "scores" VALUES(2,6,12.1,NULL);
INSERT INTO "scores" VALUES(2,7,25.5,NULL);
INSERT INTO "scores" VALUES(3,1,50.25,NULL);
INSERT INTO "scores" VALUES(3,2,31.0,NULL);
INSERT INTO "scores" VALUES(3,3,6.6,NULL);
INSERT INTO "scores" VALUES(3,5,5.2,NULL);
INSERT INTO "scores" VALUES(3,6,11.2,NULL);
INSERT INTO "scores" VALUES(3,7,22.8,NULL);
INSERT INTO "scores" VALUES(4,1,31.5,NULL);
INSERT INTO "scores" VALUES(4,2,32.9,NULL);
INSERT INTO "scores" VALUES(4,3,7.1,NULL);
INSERT INTO "scores" VALUES(4,5,7.6,NULL);
INSERT INTO "scores" VALUES(4,6,12.0,NULL);
INSERT INTO "scores" VALUES(4,7,25.1,NULL);
CREATE TABLE sketch_parents (
  sketch    TEXT NOT NULL REFERENCES sketches (name) ON DELETE CASCADE,
  position  INTEGER NOT NULL,                   -- from 0
  model     INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  weight    REAL NOT NULL,
  locked    INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (sketch, position)
) STRICT, WITHOUT ROWID;
INSERT INTO "sketch_parents" VALUES('best',0,2,0.75,0);
INSERT INTO "sketch_parents" VALUES('best',1,3,0.25,1);
CREATE TABLE sketches (
  name           TEXT PRIMARY KEY,              -- '' is the one open last
  method         TEXT NOT NULL,
  base           INTEGER REFERENCES models (id) ON DELETE SET NULL,
  chat_template  INTEGER NOT NULL DEFAULT -1,
  changed        TEXT NOT NULL                  -- ISO date and time, UTC
) STRICT;
INSERT INTO "sketches" VALUES('best','linear',1,-1,'2026-11-02T10:00:00Z');
CREATE TABLE state (
  key    TEXT PRIMARY KEY,
  value  TEXT NOT NULL
) STRICT;
INSERT INTO "state" VALUES('tree.cursor','acme/chat-7b');
CREATE TABLE sync_pages (
  resource  TEXT NOT NULL,
  page      INTEGER NOT NULL,
  body      TEXT NOT NULL,
  PRIMARY KEY (resource, page)
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_state (
  resource  TEXT PRIMARY KEY,
  cursor    TEXT,
  etag      TEXT,
  done      TEXT
) STRICT;
CREATE INDEX aliases_model ON aliases (model);
CREATE INDEX edges_parent ON edges (parent);
CREATE INDEX evaluations_flagged ON evaluations (model) WHERE flagged = 1;
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
CREATE UNIQUE INDEX dropped_edges_pair ON dropped_edges (child, coalesce(parent, 0));
CREATE TRIGGER dropped_edges_added AFTER INSERT ON dropped_edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER dropped_edges_changed AFTER UPDATE ON dropped_edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER dropped_edges_removed AFTER DELETE ON dropped_edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE VIEW chosen_evaluations AS
  SELECT e.id, e.model FROM evaluations AS e
  WHERE NOT EXISTS (
    SELECT 1 FROM evaluations AS o
    WHERE o.model = e.model AND o.id <> e.id AND
      (o.preferred, (SELECT count(*) FROM scores WHERE evaluation = o.id) >= 3,
       o.rank, 1 - o.flagged, o.chat_template, o.precision = 'bfloat16',
       coalesce(o.submitted, ''), o.id) >
      (e.preferred, (SELECT count(*) FROM scores WHERE evaluation = e.id) >= 3,
       e.rank, 1 - e.flagged, e.chat_template, e.precision = 'bfloat16',
       coalesce(e.submitted, ''), e.id));
CREATE VIEW classed_edges AS
  SELECT *, CASE WHEN trust >= 110 THEN 6 WHEN trust >= 100 THEN 5 WHEN trust >= 80 THEN 4
                 WHEN trust >= 40 THEN 3 WHEN trust >= 20 THEN 2 ELSE 1 END AS class
  FROM edges AS e
  WHERE trust >= 100 OR NOT EXISTS (
    SELECT 1 FROM dropped_edges AS d
    WHERE d.child = e.child AND (d.parent IS NULL OR d.parent = e.parent));
CREATE VIEW effective_edges AS
  SELECT child, parent, relation, weight, method, source, trust, note
  FROM classed_edges AS e
  WHERE (class = 6 OR class = (SELECT max(CASE class WHEN 6 THEN 3 ELSE class END)
                               FROM classed_edges WHERE child = e.child))
    AND NOT EXISTS (
      SELECT 1 FROM edges AS o
      WHERE o.child = e.child AND o.parent = e.parent AND o.source <> e.source AND
        (o.trust, o.weight IS NOT NULL, e.source) > (e.trust, e.weight IS NOT NULL, o.source));
CREATE VIEW lineage AS
  SELECT c.name AS child, p.name AS parent, e.relation, e.weight, e.method,
    CASE WHEN e.trust >= 110 THEN 'correction' WHEN e.trust >= 100 THEN 'user'
         WHEN e.trust >= 80 THEN 'configuration' WHEN e.trust >= 60 THEN 'declared'
         WHEN e.trust >= 40 THEN 'listed' WHEN e.trust >= 20 THEN 'inferred' ELSE 'root'
         END AS trust,
    e.source, e.note
  FROM effective_edges AS e
    JOIN models AS c ON c.id = e.child
    JOIN models AS p ON p.id = e.parent;
COMMIT;
PRAGMA application_id = 1400137069;
PRAGMA user_version = 4;
