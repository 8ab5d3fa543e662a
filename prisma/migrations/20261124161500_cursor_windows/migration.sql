-- Whether a look at a listing has landed whole is asked with each of its pages.
CREATE INDEX frontier_cursor_idx ON frontier (source, cursor, cursor_until) WHERE cursor IS NOT NULL;
