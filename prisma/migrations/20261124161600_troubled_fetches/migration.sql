-- The few requests that gave no data, found without reading past the many that did.
CREATE INDEX fetches_trouble_idx ON fetches (source, fetched_at DESC)
  WHERE outcome NOT IN ('ok', 'empty', 'unchanged', 'moved', 'not-found', 'gone');
