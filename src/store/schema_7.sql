-- Schema version 7: answers to some questions of a set.

-- Which were asked, one bit a question like the answers; NULL all.
ALTER TABLE outcomes ADD COLUMN asked BLOB CHECK (asked IS NULL OR length(asked) = length(bits));
ALTER TABLE before_outcomes ADD COLUMN asked BLOB;
