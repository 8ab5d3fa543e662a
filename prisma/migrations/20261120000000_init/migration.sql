-- The whole catalogue, its evidence, and the state of the work that fills it. What each table and column means is written in schema.prisma.
-- Partitions, partial, full-text and trigram indexes and views are plain SQL: Prisma's schema language has no words for them.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Entities ---------------------------------------------------------------------------------------------------------------------------------

CREATE TABLE artists (
  id uuid NOT NULL,
  norm_key text NOT NULL,
  name text NOT NULL,
  mbid uuid,
  sort_name text,
  disambiguation text,
  created_date date NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT artists_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX artists_norm_key_key ON artists (norm_key);
CREATE INDEX artists_name_trgm ON artists USING gin (name gin_trgm_ops);

CREATE TABLE labels (
  id uuid NOT NULL,
  norm_key text NOT NULL,
  name text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT labels_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX labels_norm_key_key ON labels (norm_key);

CREATE TABLE venues (
  id uuid NOT NULL,
  norm_key text NOT NULL,
  name text NOT NULL,
  city text,
  region text,
  country text,
  latitude double precision,
  longitude double precision,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT venues_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX venues_norm_key_key ON venues (norm_key);

CREATE TABLE events (
  id uuid NOT NULL,
  norm_key text NOT NULL,
  name text NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT events_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX events_norm_key_key ON events (norm_key);

CREATE TABLE tracks (
  id uuid NOT NULL,
  norm_key text NOT NULL,
  artist_id uuid NOT NULL,
  artist_text text NOT NULL,
  title text NOT NULL,
  mix_name text,
  label_id uuid,
  duration_ms integer,
  release_date text,
  created_date date NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT tracks_pkey PRIMARY KEY (id),
  CONSTRAINT tracks_artist_id_fkey FOREIGN KEY (artist_id) REFERENCES artists (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT tracks_label_id_fkey FOREIGN KEY (label_id) REFERENCES labels (id) ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX tracks_norm_key_key ON tracks (norm_key);
CREATE INDEX idx_tracks_artist_date ON tracks (artist_id, created_date);
CREATE INDEX tracks_title_trgm ON tracks USING gin (title gin_trgm_ops);

CREATE TABLE track_artists (
  track_id uuid NOT NULL,
  artist_id uuid NOT NULL,
  role text NOT NULL,
  position smallint NOT NULL DEFAULT 0,
  CONSTRAINT track_artists_pkey PRIMARY KEY (track_id, artist_id, role),
  CONSTRAINT track_artists_track_id_fkey FOREIGN KEY (track_id) REFERENCES tracks (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT track_artists_artist_id_fkey FOREIGN KEY (artist_id) REFERENCES artists (id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT track_artists_role_check CHECK (role IN ('primary', 'featured', 'remixer'))
);
CREATE INDEX idx_track_artists_role ON track_artists (role);
CREATE INDEX track_artists_artist_id_idx ON track_artists (artist_id);

CREATE TABLE track_isrcs (
  track_id uuid NOT NULL,
  isrc text NOT NULL,
  source text NOT NULL,
  CONSTRAINT track_isrcs_pkey PRIMARY KEY (track_id, isrc),
  CONSTRAINT track_isrcs_track_id_fkey FOREIGN KEY (track_id) REFERENCES tracks (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT track_isrcs_isrc_check CHECK (isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$')
);
CREATE INDEX track_isrcs_isrc_idx ON track_isrcs (isrc);

CREATE TABLE setlists (
  id uuid NOT NULL,
  event_date date NOT NULL DEFAULT '0001-01-01',
  date_precision text NOT NULL,
  source text NOT NULL,
  external_id text NOT NULL,
  raw_item_id bigint NOT NULL,
  title text,
  artist_text text,
  event_id uuid,
  venue_id uuid,
  tour text,
  url text,
  source_version text,
  track_count integer NOT NULL,
  identified_count integer NOT NULL,
  duration_seconds integer,
  is_live_pa boolean NOT NULL DEFAULT false,
  genres text[] NOT NULL DEFAULT '{}',
  detail jsonb,
  created_date date NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT setlists_pkey PRIMARY KEY (id, event_date),
  CONSTRAINT setlists_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT setlists_venue_id_fkey FOREIGN KEY (venue_id) REFERENCES venues (id) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT setlists_date_precision_check CHECK (date_precision IN ('day', 'month', 'year', 'decade', 'unknown'))
) PARTITION BY RANGE (event_date);
CREATE UNIQUE INDEX setlists_source_external_id_key ON setlists (source, external_id, event_date);
CREATE INDEX setlists_event_date_idx ON setlists (event_date DESC);
CREATE INDEX setlists_venue_id_idx ON setlists (venue_id);
CREATE INDEX setlists_event_id_idx ON setlists (event_id);

CREATE TABLE setlist_artists (
  setlist_id uuid NOT NULL,
  event_date date NOT NULL,
  artist_id uuid NOT NULL,
  position smallint NOT NULL DEFAULT 0,
  CONSTRAINT setlist_artists_pkey PRIMARY KEY (setlist_id, event_date, artist_id),
  CONSTRAINT setlist_artists_artist_id_fkey FOREIGN KEY (artist_id) REFERENCES artists (id) ON DELETE RESTRICT ON UPDATE CASCADE
) PARTITION BY RANGE (event_date);
CREATE INDEX setlist_artists_artist_id_idx ON setlist_artists (artist_id);

CREATE TABLE setlist_tracks (
  setlist_id uuid NOT NULL,
  event_date date NOT NULL,
  position integer NOT NULL,
  track_id uuid,
  number text,
  section text,
  cue_seconds integer,
  cue_granularity text NOT NULL,
  artist text,
  title text,
  mix_name text,
  is_id boolean NOT NULL,
  id_kind text,
  with_previous boolean NOT NULL,
  parts jsonb,
  detail jsonb,
  CONSTRAINT setlist_tracks_pkey PRIMARY KEY (setlist_id, event_date, position),
  CONSTRAINT setlist_tracks_track_id_fkey FOREIGN KEY (track_id) REFERENCES tracks (id) ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT setlist_tracks_cue_granularity_check CHECK (cue_granularity IN ('second', 'minute', 'unknown'))
) PARTITION BY RANGE (event_date);
CREATE INDEX idx_setlist_tracks_position ON setlist_tracks (setlist_id, position);
CREATE INDEX setlist_tracks_track_id_idx ON setlist_tracks (track_id);

-- One partition a year, made ahead of need by `maintenance`; dates before 2000, unknown dates and far futures live in the default partition.
DO $$
BEGIN
  FOR y IN 2000..2028 LOOP
    EXECUTE format('CREATE TABLE setlists_%s PARTITION OF setlists FOR VALUES FROM (%L) TO (%L)', y, y || '-01-01', (y + 1) || '-01-01');
    EXECUTE format('CREATE TABLE setlist_artists_%s PARTITION OF setlist_artists FOR VALUES FROM (%L) TO (%L)', y, y || '-01-01', (y + 1) || '-01-01');
    EXECUTE format('CREATE TABLE setlist_tracks_%s PARTITION OF setlist_tracks FOR VALUES FROM (%L) TO (%L)', y, y || '-01-01', (y + 1) || '-01-01');
  END LOOP;
END $$;
CREATE TABLE setlists_default PARTITION OF setlists DEFAULT;
CREATE TABLE setlist_artists_default PARTITION OF setlist_artists DEFAULT;
CREATE TABLE setlist_tracks_default PARTITION OF setlist_tracks DEFAULT;

-- A row and its set share the partition key, so they sit in partitions of the same period and refer to each other there. It promises the same as one
-- key between the partitioned tables, and each check looks into one partition: half the time of loading a set.
DO $$
DECLARE period text; child text;
BEGIN
  FOR period IN SELECT y::text FROM generate_series(2000, 2028) y UNION ALL SELECT 'default' LOOP
    FOREACH child IN ARRAY ARRAY['setlist_artists', 'setlist_tracks'] LOOP
      EXECUTE format('ALTER TABLE %1$I ADD CONSTRAINT %2$I FOREIGN KEY (setlist_id, event_date) REFERENCES %3$I (id, event_date) ON DELETE CASCADE ON UPDATE CASCADE',
        child || '_' || period, child || '_' || period || '_setlist_fkey', 'setlists_' || period);
    END LOOP;
  END LOOP;
END $$;

-- Evidence ---------------------------------------------------------------------------------------------------------------------------------

CREATE TABLE documents (
  digest bytea NOT NULL,
  size_bytes bigint NOT NULL,
  stored_bytes bigint NOT NULL,
  content_encoding text,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT documents_pkey PRIMARY KEY (digest),
  CONSTRAINT documents_digest_check CHECK (octet_length(digest) = 32)
);

CREATE TABLE fetches (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  source text NOT NULL,
  via text NOT NULL,
  url text,
  final_url text,
  kind text,
  method text NOT NULL DEFAULT 'GET',
  status smallint,
  content_type text,
  headers jsonb,
  redirects jsonb,
  remote_address text,
  document_digest bytea,
  outcome text NOT NULL,
  problem text,
  duration_ms integer,
  run_id uuid,
  fetched_at timestamptz(3) NOT NULL,
  CONSTRAINT fetches_pkey PRIMARY KEY (id),
  CONSTRAINT fetches_document_digest_fkey FOREIGN KEY (document_digest) REFERENCES documents (digest) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT fetches_via_check CHECK (via IN ('live', 'sandbox', 'import', 'replay'))
);
CREATE INDEX fetches_source_fetched_at_idx ON fetches (source, fetched_at DESC);
CREATE INDEX fetches_document_digest_idx ON fetches (document_digest);

CREATE TABLE raw_items (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  source text NOT NULL,
  kind text NOT NULL,
  external_id text NOT NULL,
  document_digest bytea NOT NULL,
  document_position integer NOT NULL DEFAULT 0,
  url text,
  body jsonb NOT NULL,
  body_digest bytea NOT NULL,
  state text NOT NULL,
  entity_id uuid,
  event_date date,
  run_id uuid,
  observed_at timestamptz(3) NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT raw_items_pkey PRIMARY KEY (id),
  CONSTRAINT raw_items_document_digest_fkey FOREIGN KEY (document_digest) REFERENCES documents (digest) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT raw_items_state_check CHECK (state IN ('landed', 'transformed', 'loaded', 'kept', 'quarantined', 'dead'))
);
CREATE UNIQUE INDEX raw_items_source_kind_external_id_key ON raw_items (source, kind, external_id);
CREATE INDEX raw_items_unfinished_idx ON raw_items (id) WHERE state IN ('landed', 'transformed');
CREATE INDEX raw_items_document_digest_idx ON raw_items (document_digest);
CREATE INDEX raw_items_entity_id_idx ON raw_items (entity_id) WHERE entity_id IS NOT NULL;

CREATE TABLE items (
  raw_item_id bigint NOT NULL,
  raw_item_version bigint NOT NULL,
  body json NOT NULL,
  CONSTRAINT items_pkey PRIMARY KEY (raw_item_id),
  CONSTRAINT items_raw_item_id_fkey FOREIGN KEY (raw_item_id) REFERENCES raw_items (id) ON DELETE CASCADE ON UPDATE CASCADE
);
-- Written once, read once as a whole, deleted moments later: neither taken apart nor compressed.
ALTER TABLE items ALTER COLUMN body SET STORAGE EXTERNAL;

CREATE TABLE claims (
  raw_item_id bigint NOT NULL,
  position integer NOT NULL,
  part smallint NOT NULL DEFAULT 0,
  entity_type text NOT NULL,
  entity_id uuid NOT NULL,
  source text NOT NULL,
  document_digest bytea NOT NULL,
  fields jsonb NOT NULL,
  observed_at timestamptz(3) NOT NULL,
  CONSTRAINT claims_pkey PRIMARY KEY (raw_item_id, position, part),
  CONSTRAINT claims_raw_item_id_fkey FOREIGN KEY (raw_item_id) REFERENCES raw_items (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX claims_entity_id_idx ON claims (entity_id);

CREATE TABLE mentions (
  id uuid NOT NULL,
  raw_item_id bigint NOT NULL,
  position integer NOT NULL,
  source text NOT NULL,
  external_id text NOT NULL,
  permalink text,
  track_id uuid,
  artist text,
  title text,
  mix_name text,
  cue_seconds integer,
  confidence real NOT NULL,
  mentioned_at timestamptz(3),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT mentions_pkey PRIMARY KEY (id),
  CONSTRAINT mentions_raw_item_id_fkey FOREIGN KEY (raw_item_id) REFERENCES raw_items (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT mentions_track_id_fkey FOREIGN KEY (track_id) REFERENCES tracks (id) ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX mentions_raw_item_id_idx ON mentions (raw_item_id);
CREATE INDEX mentions_track_id_idx ON mentions (track_id);

CREATE TABLE match_decisions (
  subject_key text NOT NULL,
  entity_type text NOT NULL,
  entity_id uuid NOT NULL,
  decision text NOT NULL,
  rule text NOT NULL,
  probability real NOT NULL,
  evidence jsonb NOT NULL,
  decided_by text NOT NULL DEFAULT 'model',
  decided_at timestamptz(3) NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT match_decisions_pkey PRIMARY KEY (entity_type, subject_key, entity_id),
  CONSTRAINT match_decisions_decision_check CHECK (decision IN ('match', 'review', 'no-match')),
  CONSTRAINT match_decisions_decided_by_check CHECK (decided_by IN ('model', 'person'))
);
CREATE INDEX match_decisions_entity_id_idx ON match_decisions (entity_id);

CREATE TABLE entity_redirects (
  entity_type text NOT NULL,
  from_id uuid NOT NULL,
  to_id uuid NOT NULL,
  reason text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT entity_redirects_pkey PRIMARY KEY (entity_type, from_id)
);
CREATE INDEX entity_redirects_to_id_idx ON entity_redirects (to_id);

CREATE TABLE quality_scores (
  raw_item_id bigint NOT NULL,
  score real NOT NULL,
  reasons jsonb NOT NULL,
  CONSTRAINT quality_scores_pkey PRIMARY KEY (raw_item_id),
  CONSTRAINT quality_scores_raw_item_id_fkey FOREIGN KEY (raw_item_id) REFERENCES raw_items (id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE quarantine (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  dedupe_key text NOT NULL,
  source text NOT NULL,
  kind text,
  reason text NOT NULL,
  message text NOT NULL,
  position text,
  raw_item_id bigint,
  document_digest bytea,
  url text,
  created_at timestamptz(3) NOT NULL,
  resolved_at timestamptz(3),
  resolution text,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT quarantine_pkey PRIMARY KEY (id),
  CONSTRAINT quarantine_raw_item_id_fkey FOREIGN KEY (raw_item_id) REFERENCES raw_items (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX quarantine_dedupe_key_key ON quarantine (dedupe_key);
CREATE INDEX quarantine_raw_item_id_idx ON quarantine (raw_item_id);
CREATE INDEX quarantine_source_created_at_idx ON quarantine (source, created_at DESC);

-- Work -------------------------------------------------------------------------------------------------------------------------------------

CREATE TABLE frontier (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  source text NOT NULL,
  url_key text NOT NULL,
  url text NOT NULL,
  kind text NOT NULL,
  state text NOT NULL DEFAULT 'due',
  due_at timestamptz(3) NOT NULL,
  priority smallint NOT NULL DEFAULT 5,
  depth smallint NOT NULL DEFAULT 0,
  attempts smallint NOT NULL DEFAULT 0,
  lease_owner text,
  lease_token bigint NOT NULL DEFAULT 0,
  lease_until timestamptz(3),
  last_fetched_at timestamptz(3),
  last_problem text,
  run_id uuid,
  CONSTRAINT frontier_pkey PRIMARY KEY (id),
  CONSTRAINT frontier_state_check CHECK (state IN ('due', 'leased', 'done', 'failed', 'gone'))
);
CREATE UNIQUE INDEX frontier_source_url_key_key ON frontier (source, url_key);
CREATE INDEX frontier_due_idx ON frontier (source, priority, due_at, id) WHERE state = 'due';
CREATE INDEX frontier_lease_idx ON frontier (lease_until) WHERE state = 'leased';

CREATE TABLE outbox (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  queue text NOT NULL,
  name text NOT NULL,
  payload jsonb NOT NULL,
  priority integer NOT NULL,
  available_at timestamptz(3) NOT NULL,
  dispatched_at timestamptz(3),
  dispatches integer NOT NULL DEFAULT 0,
  CONSTRAINT outbox_pkey PRIMARY KEY (id),
  CONSTRAINT outbox_payload_check CHECK (octet_length(payload::text) < 4096),
  CONSTRAINT outbox_priority_check CHECK (priority > 0)
);
CREATE INDEX outbox_undispatched_idx ON outbox (available_at, id) WHERE dispatched_at IS NULL;
CREATE INDEX outbox_dispatched_idx ON outbox (dispatched_at) WHERE dispatched_at IS NOT NULL;

CREATE TABLE search_outbox (
  entity_type text NOT NULL,
  entity_id uuid NOT NULL,
  changed_at timestamptz(3) NOT NULL,
  CONSTRAINT search_outbox_pkey PRIMARY KEY (entity_type, entity_id)
);

CREATE TABLE search_documents (
  index_name text NOT NULL,
  id uuid NOT NULL,
  version bigint NOT NULL,
  body jsonb NOT NULL,
  text_folded text NOT NULL,
  text_vector tsvector NOT NULL,
  CONSTRAINT search_documents_pkey PRIMARY KEY (index_name, id)
);
CREATE INDEX search_documents_text_vector_idx ON search_documents USING gin (text_vector);
CREATE INDEX search_documents_text_folded_trgm ON search_documents USING gin (text_folded gin_trgm_ops);

CREATE TABLE dead_letters (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  queue text NOT NULL,
  name text NOT NULL,
  job_id text NOT NULL,
  payload jsonb NOT NULL,
  priority integer NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL,
  failed_at timestamptz(3) NOT NULL,
  replayed_at timestamptz(3),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT dead_letters_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX dead_letters_job_id_key ON dead_letters (job_id);
CREATE INDEX dead_letters_queue_failed_at_idx ON dead_letters (queue, failed_at DESC);

CREATE TABLE schedules (
  id text NOT NULL,
  queue text NOT NULL,
  name text NOT NULL,
  payload jsonb NOT NULL,
  every_ms bigint NOT NULL,
  priority integer NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  last_enqueued_at timestamptz(3),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT schedules_pkey PRIMARY KEY (id),
  CONSTRAINT schedules_every_ms_check CHECK (every_ms >= 1000)
);

CREATE TABLE source_states (
  source text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  breaker text NOT NULL DEFAULT 'closed',
  breaker_until timestamptz(3),
  breaker_reason text,
  next_request_at timestamptz(3),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT source_states_pkey PRIMARY KEY (source),
  CONSTRAINT source_states_breaker_check CHECK (breaker IN ('closed', 'open', 'half-open'))
);

CREATE TABLE backlog_items (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  source text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  urgency real NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'open',
  due_at timestamptz(3) NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT backlog_items_pkey PRIMARY KEY (id),
  CONSTRAINT backlog_items_state_check CHECK (state IN ('open', 'enqueued', 'done', 'dropped'))
);
CREATE UNIQUE INDEX backlog_items_source_action_subject_key ON backlog_items (source, action, subject);

CREATE TABLE runs (
  id uuid NOT NULL,
  workflow text NOT NULL,
  source text,
  params jsonb NOT NULL,
  state text NOT NULL,
  counts jsonb NOT NULL DEFAULT '{}',
  error text,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT runs_pkey PRIMARY KEY (id),
  CONSTRAINT runs_state_check CHECK (state IN ('running', 'done', 'failed', 'cancelled'))
);
CREATE INDEX runs_started_at_idx ON runs (started_at DESC);

CREATE TABLE node_executions (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  run_id uuid NOT NULL,
  node text NOT NULL,
  attempt integer NOT NULL,
  state text NOT NULL,
  counts jsonb NOT NULL DEFAULT '{}',
  error text,
  started_at timestamptz(3) NOT NULL,
  finished_at timestamptz(3),
  CONSTRAINT node_executions_pkey PRIMARY KEY (id),
  CONSTRAINT node_executions_run_id_fkey FOREIGN KEY (run_id) REFERENCES runs (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX node_executions_run_id_node_attempt_key ON node_executions (run_id, node, attempt);

CREATE TABLE workflow_events (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  happened_at timestamptz(3) NOT NULL,
  source text,
  run_id uuid,
  name text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT workflow_events_pkey PRIMARY KEY (id, happened_at)
) PARTITION BY RANGE (happened_at);
CREATE INDEX workflow_events_happened_at_idx ON workflow_events (happened_at DESC);
CREATE TABLE workflow_events_default PARTITION OF workflow_events DEFAULT;
DO $$
BEGIN
  FOR m IN 0..13 LOOP
    EXECUTE format('CREATE TABLE workflow_events_%s PARTITION OF workflow_events FOR VALUES FROM (%L) TO (%L)',
      to_char(date '2026-11-01' + make_interval(months => m), 'YYYY_MM'),
      to_char(date '2026-11-01' + make_interval(months => m), 'YYYY-MM-DD') || ' 00:00:00+00',
      to_char(date '2026-11-01' + make_interval(months => m + 1), 'YYYY-MM-DD') || ' 00:00:00+00');
  END LOOP;
END $$;

CREATE TABLE workflow_hooks (
  id uuid NOT NULL,
  event_name text NOT NULL,
  url text NOT NULL,
  secret_digest bytea,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz(3) NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  CONSTRAINT workflow_hooks_pkey PRIMARY KEY (id)
);

CREATE TABLE api_tokens (
  id uuid NOT NULL,
  name text NOT NULL,
  token_digest bytea NOT NULL,
  rights text[] NOT NULL,
  created_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3),
  revoked_at timestamptz(3),
  CONSTRAINT api_tokens_pkey PRIMARY KEY (id)
);
CREATE UNIQUE INDEX api_tokens_token_digest_key ON api_tokens (token_digest);

CREATE TABLE audit_log (
  id bigint GENERATED BY DEFAULT AS IDENTITY,
  happened_at timestamptz(3) NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT audit_log_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_log_happened_at_idx ON audit_log (happened_at DESC);

-- Views for consumers: names and columns here are stable; tables may change underneath. -----------------------------------------------------

CREATE VIEW played_tracks AS
SELECT st.track_id, st.artist, st.title, st.mix_name, st.position, st.cue_seconds, st.cue_granularity, st.is_id,
       s.id AS setlist_id, s.title AS setlist_title, s.artist_text AS played_by,
       CASE WHEN s.date_precision = 'unknown' THEN NULL ELSE s.event_date END AS event_date, s.date_precision,
       v.name AS venue, v.city, v.country, e.name AS event, s.source, s.url
FROM setlist_tracks st
JOIN setlists s ON s.id = st.setlist_id AND s.event_date = st.event_date
LEFT JOIN venues v ON v.id = s.venue_id
LEFT JOIN events e ON e.id = s.event_id;

CREATE VIEW claim_fields AS
SELECT c.entity_type, c.entity_id, f.key AS field, f.value, c.source, encode(c.document_digest, 'hex') AS document, c.raw_item_id, c.position, c.part, c.observed_at
FROM claims c CROSS JOIN LATERAL jsonb_each(c.fields) f;

CREATE MATERIALIZED VIEW popular_tracks AS
SELECT t.id AS track_id, t.artist_text AS artist, t.title, t.mix_name, count(*) AS plays, count(DISTINCT st.setlist_id) AS setlists,
       max(nullif(st.event_date, '0001-01-01')) AS last_played
FROM setlist_tracks st JOIN tracks t ON t.id = st.track_id
GROUP BY t.id;
CREATE UNIQUE INDEX popular_tracks_track_id_key ON popular_tracks (track_id);
CREATE INDEX popular_tracks_plays_idx ON popular_tracks (plays DESC);
