/** Version of the schema, kept as `user_version` of the database. */
export const schemaVersion = 1;

/** The tables of a state folder. */
export const schema = `
  CREATE TABLE objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, seq INTEGER NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    metadata TEXT NOT NULL, arrived_at TEXT NOT NULL, PRIMARY KEY (bucket, key, seq)
  ) WITHOUT ROWID;

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, body TEXT NOT NULL, sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0, receipt TEXT, dead INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX messages_by_queue ON messages (queue, dead, visible_at, id);

  CREATE TABLE pointers (name TEXT PRIMARY KEY, value TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;

  CREATE TABLE coverage_sets (id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, hashes TEXT NOT NULL);
  CREATE TABLE records (
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT, outcome TEXT NOT NULL,
    scan_id TEXT NOT NULL, updated_at TEXT NOT NULL, coverage INTEGER NOT NULL, uploaded_by TEXT, PRIMARY KEY (bucket, key, version)
  ) WITHOUT ROWID;

  CREATE TABLE matches (
    sha256 TEXT NOT NULL, rule_id TEXT NOT NULL, rule_name TEXT NOT NULL, logic_hash TEXT NOT NULL, first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL, objects INTEGER NOT NULL, silent INTEGER NOT NULL, scan_id TEXT NOT NULL, alert TEXT NOT NULL,
    PRIMARY KEY (sha256, rule_id)
  );
  CREATE INDEX matches_by_time ON matches (first_seen_at, sha256, rule_id);
  CREATE INDEX matches_by_rule ON matches (rule_name, first_seen_at);
  CREATE TABLE sightings (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, alert_id TEXT NOT NULL, sha256 TEXT NOT NULL, rule_id TEXT NOT NULL, logic_hash TEXT NOT NULL,
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, seen_at TEXT NOT NULL, alert_state TEXT NOT NULL, alert TEXT NOT NULL
  );
  CREATE UNIQUE INDEX sightings_by_place ON sightings (sha256, bucket, key, rule_id);
  CREATE INDEX sightings_by_rule ON sightings (sha256, rule_id, seq);
  CREATE INDEX sightings_by_alert ON sightings (alert_id);
  CREATE INDEX sightings_pending ON sightings (seq) WHERE alert_state = 'pending';
  -- The logic that found a content under a rule. Every match asks for it, and it must not grow with the number of objects of one content.
  CREATE TABLE match_logic (
    sha256 TEXT NOT NULL, logic_hash TEXT NOT NULL, rule_id TEXT NOT NULL, PRIMARY KEY (sha256, logic_hash, rule_id)
  ) WITHOUT ROWID;

  CREATE TABLE scans (
    id TEXT PRIMARY KEY, seq INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL, state TEXT NOT NULL, active_key TEXT NOT NULL, ruleset_id TEXT NOT NULL,
    full INTEGER NOT NULL, buckets TEXT NOT NULL, filter TEXT NOT NULL, cursor TEXT, listing_done INTEGER NOT NULL, listed_objects INTEGER NOT NULL,
    listed_bytes INTEGER NOT NULL, batches_planned INTEGER NOT NULL, batches_reported INTEGER NOT NULL, counts TEXT NOT NULL, expected TEXT,
    created_at TEXT NOT NULL, finished_at TEXT, error TEXT, lease_owner TEXT, lease_fence INTEGER NOT NULL DEFAULT 0, lease_expires INTEGER NOT NULL DEFAULT 0,
    inventories TEXT NOT NULL, preview TEXT
  );
  CREATE INDEX scans_by_state ON scans (kind, state, seq);
  CREATE TABLE batches (
    scan_id TEXT NOT NULL, batch_id TEXT NOT NULL, seq INTEGER PRIMARY KEY AUTOINCREMENT, ruleset_id TEXT NOT NULL, objects TEXT NOT NULL,
    state TEXT NOT NULL
  );
  CREATE UNIQUE INDEX batches_by_id ON batches (scan_id, batch_id);
  CREATE INDEX batches_unsent ON batches (scan_id, seq) WHERE state = 'unsent';
  CREATE TABLE ledger (
    scan_id TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, batch_id TEXT NOT NULL, size INTEGER NOT NULL,
    status TEXT NOT NULL, outcome TEXT NOT NULL, sha256 TEXT, preview TEXT, PRIMARY KEY (scan_id, bucket, key, version)
  ) WITHOUT ROWID;
  CREATE INDEX ledger_by_batch ON ledger (scan_id, batch_id);

  -- The files that were uploaded, so that they are not read or sent again.
  CREATE TABLE uploads (
    target TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
    version TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (target, path, key)
  ) WITHOUT ROWID;
  CREATE INDEX uploads_by_seq ON uploads (target, seq);
`;

/**
 * Tables that were added to this version of the schema. Earlier programs of the same version ignore
 * them.
 */
export const addedTables = `
  -- The sinks that took an alert which another sink still owes.
  CREATE TABLE IF NOT EXISTS deliveries (alert_id TEXT NOT NULL, sink TEXT NOT NULL, PRIMARY KEY (alert_id, sink)) WITHOUT ROWID;
  -- What the index excluded: a part of the ledger.
  CREATE TABLE IF NOT EXISTS exclusions (
    scan_id TEXT NOT NULL, segment TEXT NOT NULL, exclusion TEXT NOT NULL, PRIMARY KEY (scan_id, segment)
  );
  CREATE INDEX IF NOT EXISTS exclusions_by_segment ON exclusions (segment, scan_id);
`;
