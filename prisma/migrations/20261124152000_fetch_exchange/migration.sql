-- The whole exchange of a fetch as one text, written once and read by export and replay: request, HTTP version, headers as received, redirects.
ALTER TABLE fetches ADD COLUMN exchange json;
UPDATE fetches SET exchange = json_build_object(
    'request', null,
    'httpVersion', '1.1',
    'statusText', '',
    'headers', coalesce((SELECT json_agg(json_build_array(key, value)) FROM jsonb_each_text(headers)), '[]'),
    'redirects', coalesce(redirects, '[]'),
    'bodyFault', null)
  WHERE headers IS NOT NULL;
ALTER TABLE fetches DROP COLUMN headers, DROP COLUMN redirects, DROP COLUMN method;
