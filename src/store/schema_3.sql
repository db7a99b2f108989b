-- Schema version 3: what the user corrects.

-- Edges that the user says are wrong; without a parent all of the child that
-- others state.  They stay in the table of edges, where no view shows them.
CREATE TABLE dropped_edges (
  child   INTEGER NOT NULL REFERENCES models (id) ON DELETE CASCADE,
  parent  INTEGER REFERENCES models (id) ON DELETE CASCADE,
  note    TEXT
) STRICT;
CREATE UNIQUE INDEX dropped_edges_pair ON dropped_edges (child, coalesce(parent, 0));

CREATE TRIGGER dropped_edges_added AFTER INSERT ON dropped_edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER dropped_edges_changed AFTER UPDATE ON dropped_edges
  BEGIN UPDATE data_changes SET version = version + 1; END;
CREATE TRIGGER dropped_edges_removed AFTER DELETE ON dropped_edges
  BEGIN UPDATE data_changes SET version = version + 1; END;

-- The run that the user wants to see, before all rules.
ALTER TABLE evaluations ADD COLUMN
  preferred INTEGER NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1));

DROP VIEW chosen_evaluations;
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

-- The edges that are not dropped, with the class of their source: 6 a
-- correction, 5 the user, 4 a configuration, 3 the author or a table, 2 a guess,
-- 1 the root of the chain.
DROP VIEW classed_edges;
CREATE VIEW classed_edges AS
  SELECT *, CASE WHEN trust >= 110 THEN 6 WHEN trust >= 100 THEN 5 WHEN trust >= 80 THEN 4
                 WHEN trust >= 40 THEN 3 WHEN trust >= 20 THEN 2 ELSE 1 END AS class
  FROM edges AS e
  WHERE trust >= 100 OR NOT EXISTS (
    SELECT 1 FROM dropped_edges AS d
    WHERE d.child = e.child AND (d.parent IS NULL OR d.parent = e.parent));

-- The edges that count: of each child those of its best class and all
-- corrections, before which guesses and roots give way; and of each parent the
-- most trusted row, rather with a weight, then by source.
DROP VIEW effective_edges;
CREATE VIEW effective_edges AS
  SELECT child, parent, relation, weight, method, source, trust, note
  FROM classed_edges AS e
  WHERE (class = 6 OR class = (SELECT max(CASE class WHEN 6 THEN 3 ELSE class END)
                               FROM classed_edges WHERE child = e.child))
    AND NOT EXISTS (
      SELECT 1 FROM edges AS o
      WHERE o.child = e.child AND o.parent = e.parent AND o.source <> e.source AND
        (o.trust, o.weight IS NOT NULL, e.source) > (e.trust, e.weight IS NOT NULL, o.source));

DROP VIEW lineage;
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
