-- Schema version 2: models that the user distrusts.  No trigger counts them as
-- changes of the data: they change what is learned only when they are left out.
CREATE TABLE flags (
  model   INTEGER PRIMARY KEY REFERENCES models (id) ON DELETE CASCADE,
  reason  TEXT NOT NULL CHECK (reason <> ''),
  made    TEXT NOT NULL                         -- ISO date and time, UTC
) STRICT;
