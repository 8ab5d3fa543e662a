-- Attempts that began and never came to an end: a job that takes its worker down each time must stop being handed out.
ALTER TABLE outbox ADD COLUMN starts smallint NOT NULL DEFAULT 0;
