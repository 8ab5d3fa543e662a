-- Erasure: archived pages end, and what is deleted at its source can be found in them.

ALTER TABLE documents ADD COLUMN erase_at timestamptz(3), ADD COLUMN erased_at timestamptz(3);
CREATE INDEX documents_erase_at_idx ON documents (erase_at) WHERE erased_at IS NULL AND erase_at IS NOT NULL;

CREATE TABLE document_posts (
  document_digest bytea NOT NULL,
  external_id text NOT NULL,
  CONSTRAINT document_posts_pkey PRIMARY KEY (external_id, document_digest),
  CONSTRAINT document_posts_document_digest_fkey FOREIGN KEY (document_digest) REFERENCES documents (digest) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX document_posts_document_digest_idx ON document_posts (document_digest);

ALTER TABLE raw_items DROP CONSTRAINT raw_items_state_check;
ALTER TABLE raw_items ADD CONSTRAINT raw_items_state_check
  CHECK (state IN ('landed', 'transformed', 'loaded', 'kept', 'quarantined', 'dead', 'erased'));
-- Posts whose content we hold, by when it was last seen at its source.
CREATE INDEX raw_items_posts_seen_idx ON raw_items (source, observed_at) WHERE kind = 'post' AND state <> 'erased';
