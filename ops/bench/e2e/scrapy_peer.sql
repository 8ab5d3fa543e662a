-- What a Scrapy user would keep of the same pages: sets by year, distinct tracks, rows that refer to both.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE tracks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  norm_key text NOT NULL UNIQUE,
  artist text NOT NULL,
  title text NOT NULL,
  version text,
  label text,
  duration_seconds integer
);
CREATE INDEX tracks_title_idx ON tracks USING gin (title gin_trgm_ops);

CREATE TABLE sets (
  external_id text NOT NULL,
  played_on date NOT NULL,
  url text NOT NULL,
  title text NOT NULL,
  artists text[] NOT NULL,
  genres text[] NOT NULL,
  PRIMARY KEY (external_id, played_on)
) PARTITION BY RANGE (played_on);

CREATE TABLE set_tracks (
  external_id text NOT NULL,
  played_on date NOT NULL,
  position integer NOT NULL,
  track_id bigint REFERENCES tracks,
  cue_seconds integer,
  with_previous boolean NOT NULL,
  printed text NOT NULL,
  PRIMARY KEY (external_id, played_on, position)
) PARTITION BY RANGE (played_on);
CREATE INDEX set_tracks_track_idx ON set_tracks (track_id);

DO $$
BEGIN
  FOR y IN 2000..2028 LOOP
    EXECUTE format('CREATE TABLE sets_%1$s PARTITION OF sets FOR VALUES FROM (%2$L) TO (%3$L)', y, y || '-01-01', (y + 1) || '-01-01');
    EXECUTE format('CREATE TABLE set_tracks_%1$s PARTITION OF set_tracks FOR VALUES FROM (%2$L) TO (%3$L)', y, y || '-01-01', (y + 1) || '-01-01');
  END LOOP;
END $$;
