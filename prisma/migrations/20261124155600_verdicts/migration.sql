-- What each answer was, what pages usually hold, and a circuit breaker that lets exactly one request try.
ALTER TABLE source_states
  ADD COLUMN breaker_document bytea,
  ADD COLUMN breaker_changed_at timestamptz(3),
  ADD COLUMN trial_owner text,
  ADD COLUMN trial_until timestamptz(3),
  ADD COLUMN opened_in_row integer NOT NULL DEFAULT 0,
  ADD COLUMN streak_verdict text,
  ADD COLUMN streak integer NOT NULL DEFAULT 0;

CREATE TABLE page_verdicts (
  source text NOT NULL,
  via text NOT NULL,
  verdict text NOT NULL,
  pages bigint NOT NULL,
  CONSTRAINT page_verdicts_pkey PRIMARY KEY (source, via, verdict)
);

CREATE TABLE page_yields (
  source text NOT NULL,
  kind text NOT NULL,
  measure text NOT NULL,
  pages bigint NOT NULL,
  usual double precision NOT NULL,
  recent double precision NOT NULL,
  alarm_since timestamptz(3),
  measured_at timestamptz(3) NOT NULL,
  CONSTRAINT page_yields_pkey PRIMARY KEY (source, kind, measure)
);

CREATE INDEX workflow_events_source_happened_at_idx ON workflow_events (source, happened_at DESC);
