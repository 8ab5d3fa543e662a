-- The frontier at a million requests: what is due is found by (source, host, priority), so that neither a paused host nor what is due only
-- later stands in the way; and what a request needs to be asked again cheaply.
ALTER TABLE frontier
  ADD COLUMN host text NOT NULL DEFAULT '',
  ADD COLUMN etag text,
  ADD COLUMN last_modified text,
  ADD COLUMN cursor text,
  ADD COLUMN cursor_until timestamptz(3);
UPDATE frontier SET host = lower(coalesce(substring(url from '^[A-Za-z]+://([^/?#:]+)'), ''));
UPDATE frontier SET priority = least(greatest(priority, 1), 9) WHERE priority NOT BETWEEN 1 AND 9;
ALTER TABLE frontier ADD CONSTRAINT frontier_priority_check CHECK (priority BETWEEN 1 AND 9);
DROP INDEX frontier_due_idx;
CREATE INDEX frontier_due_idx ON frontier (source, host, priority, due_at, id) WHERE state = 'due';

-- Both are queues: what was taken leaves dead rows at the very place where the next look begins.
ALTER TABLE frontier SET (autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

CREATE TABLE cursors (
  source text NOT NULL,
  name text NOT NULL,
  reached_at timestamptz(3) NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT cursors_pkey PRIMARY KEY (source, name)
);
