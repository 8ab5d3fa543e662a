-- A source has a breaker for its site and one for what plays it: a run in the sandbox must neither open, try nor close the site's own.
ALTER TABLE source_states ADD COLUMN via text NOT NULL DEFAULT 'live';
ALTER TABLE source_states ALTER COLUMN via DROP DEFAULT;
ALTER TABLE source_states ADD CONSTRAINT source_states_via_check CHECK (via IN ('live', 'sandbox'));
ALTER TABLE source_states DROP CONSTRAINT source_states_pkey;
ALTER TABLE source_states ADD CONSTRAINT source_states_pkey PRIMARY KEY (source, via);
-- One stood for both until now: both begin with it.
INSERT INTO source_states (source, via, enabled, breaker, breaker_until, breaker_reason, breaker_document, breaker_changed_at, opened_in_row, streak_verdict, streak)
  SELECT source, 'sandbox', enabled, CASE breaker WHEN 'half-open' THEN 'open' ELSE breaker END, breaker_until, breaker_reason, breaker_document, breaker_changed_at,
    opened_in_row, streak_verdict, streak FROM source_states;
