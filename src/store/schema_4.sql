-- Schema version 4: what the questions of a set are called.

-- Of the sets whose questions have names, such as the doc_id of the harness; in
-- the others a question is called by its place.
CREATE TABLE questions (
  benchmark  INTEGER NOT NULL REFERENCES benchmarks (id) ON DELETE CASCADE,
  place      INTEGER NOT NULL CHECK (place >= 0),   -- of its bit in outcomes
  name       TEXT NOT NULL CHECK (name <> ''),
  PRIMARY KEY (benchmark, place)
) STRICT, WITHOUT ROWID;
