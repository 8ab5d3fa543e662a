-- Where a replay finds its pages. Rows live as long as the run.
CREATE TABLE replay_pages (
  run_id uuid NOT NULL,
  url_key text NOT NULL,
  fetched_at timestamptz(3) NOT NULL,
  page json NOT NULL,
  digest bytea,
  position bigint,
  CONSTRAINT replay_pages_pkey PRIMARY KEY (run_id, url_key),
  CONSTRAINT replay_pages_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE ON UPDATE CASCADE
);
