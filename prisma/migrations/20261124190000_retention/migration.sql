-- Whether a newer page of an address is there, asked of every old one before it goes. By hash: addresses may be longer than a sorted index takes.
CREATE INDEX fetches_page_url_idx ON fetches USING hash (url)
  WHERE outcome NOT IN ('unchanged', 'throttled', 'truncated', 'soft-error', 'block', 'source-outage', 'unfetchable');
