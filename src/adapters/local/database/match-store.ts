import type { Alert } from '../../../domain/alerts/alert.ts';
import { readList, readText } from '../../../domain/text/read-value.ts';
import type { MatchCandidate, MatchStore } from '../../../ports/match-store.ts';
import { decodeAlert } from '../../stored/alert.ts';
import type { Database } from './database.ts';
import { matchedObjectOf, matchOf } from './match-rows.ts';

/** Time, content and rule of the last match of a page. */
const readPageStart = readList(readText);

/**
 * Matches, sightings and owed alerts in SQLite. A sighting is one (content, rule, bucket and key).
 * The text of an alert is stored with its sighting only while it is owed; that of the first one
 * stays with the match.
 */
export function createSqliteMatchStore({ db }: { readonly db: Database }): MatchStore {
  const pending = db.prepare("SELECT alert FROM sightings WHERE alert_state = 'pending' ORDER BY seq LIMIT ?");
  const sent = db.prepare(
    "UPDATE sightings SET alert_state = 'sent', alert = '' WHERE alert_id = ? AND alert_state = 'pending'",
  );
  const forget = db.prepare('DELETE FROM deliveries WHERE alert_id = ?');
  const seen = db.prepare('SELECT * FROM sightings WHERE sha256 = ? AND rule_id = ? ORDER BY seq LIMIT ?');
  const seenAt = db.prepare(
    'SELECT * FROM sightings WHERE sha256 = ? AND rule_id = ? AND bucket = ? AND key = ? LIMIT ?',
  );
  return {
    record: async (candidates) => db.transaction(() => candidates.flatMap((candidate) => recordOne(db, candidate))),
    pendingAlerts: async ({ limit }) => pending.all(limit).map((each) => decodeAlert(each['alert'])),
    markSent: async (alertIds) =>
      db.transaction(() => {
        for (const id of alertIds) {
          sent.run(id);
          forget.run(id);
        }
      }),
    async list({ filter, limit, after }) {
      const [time = '', sha256 = '', rule = ''] = after === undefined ? ['~'] : readPageStart(JSON.parse(after), []);
      const rows = db
        .prepare(
          `SELECT * FROM matches WHERE (?1 IS NULL OR rule_id = ?1) AND (?2 IS NULL OR rule_name = ?2) AND (?3 IS NULL OR sha256 = ?3)
           AND (?4 IS NULL OR scan_id = ?4) AND (?5 IS NULL OR first_seen_at >= ?5) AND (first_seen_at, sha256, rule_id) < (?6, ?7, ?8)
           ORDER BY first_seen_at DESC, sha256 DESC, rule_id DESC LIMIT ?9`,
        )
        .all(
          ...[
            filter.ruleId ?? null,
            filter.ruleName ?? null,
            filter.sha256 ?? null,
            filter.scanId ?? null,
            filter.since ?? null,
          ],
          ...[time, sha256, rule, limit],
        );
      const matches = rows.map(matchOf);
      const last = matches.at(-1);
      const next =
        last === undefined || matches.length < limit
          ? null
          : JSON.stringify([last.firstSeenAt, last.sha256, last.ruleId]);
      return { matches, next };
    },
    matchedObjects: async ({ sha256, ruleId, limit, at }) => {
      const rows =
        at === undefined ? seen.all(sha256, ruleId, limit) : seenAt.all(sha256, ruleId, at.bucket, at.key, limit);
      return rows.map(matchedObjectOf);
    },
  };
}

/** Records one candidate; returns its alert if it is owed now. */
function recordOne(db: Database, candidate: MatchCandidate): readonly Alert[] {
  const { alert, isStaged } = candidate;
  const { sha256 } = alert.file;
  const { id: ruleId, name, logicHash } = alert.rule;
  const { bucket, key, version } = alert.object;
  adoptRenamed(db, candidate);

  const place = [sha256, bucket, key, ruleId] as const;
  const known = db
    .prepare('SELECT 1 FROM sightings WHERE sha256 = ? AND bucket = ? AND key = ? AND rule_id = ?')
    .get(...place);
  // Recorded before the check for known matches: a rule may have been edited since, and be renamed
  // next.
  db.prepare('INSERT INTO match_logic (sha256, logic_hash, rule_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(
    ...[sha256, logicHash, ruleId],
  );
  if (known !== undefined) {
    db.prepare(
      'UPDATE matches SET last_seen_at = max(last_seen_at, ?), logic_hash = ? WHERE sha256 = ? AND rule_id = ?',
    ).run(...[alert.at, logicHash, sha256, ruleId]);
    return [];
  }
  const before = db.prepare('SELECT 1 FROM matches WHERE sha256 = ? AND rule_id = ?').get(sha256, ruleId);
  const owed: Alert = { ...alert, reason: before === undefined ? 'new_match' : 'new_object' };
  const text = JSON.stringify(owed);
  db.prepare(
    `INSERT INTO matches (sha256, rule_id, rule_name, logic_hash, first_seen_at, last_seen_at, objects, silent, scan_id, alert)
     VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?) ON CONFLICT DO UPDATE SET objects = objects + 1, last_seen_at = max(last_seen_at, excluded.last_seen_at),
     silent = excluded.silent, logic_hash = excluded.logic_hash`,
  ).run(sha256, ruleId, name, logicHash, alert.at, alert.at, isStaged ? 1 : 0, alert.scan.id, text);
  db.prepare(
    `INSERT INTO sightings (alert_id, sha256, rule_id, logic_hash, bucket, key, version, seen_at, alert_state, alert)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    alert.id,
    sha256,
    ruleId,
    logicHash,
    bucket,
    key,
    version,
    alert.at,
    isStaged ? 'silent' : 'pending',
    isStaged ? '' : text,
  );
  return isStaged ? [] : [owed];
}

/** Gives this rule the records under an id that the ruleset no longer has. */
function adoptRenamed(db: Database, { alert, sameLogicRules }: MatchCandidate): void {
  const { sha256 } = alert.file;
  const { id, name, logicHash } = alert.rule;
  const rows = db
    .prepare('SELECT rule_id FROM match_logic WHERE sha256 = ? AND logic_hash = ? AND rule_id <> ?')
    .all(sha256, logicHash, id);
  for (const row of rows) {
    const former = String(row['rule_id']);
    if (sameLogicRules.includes(former)) continue;
    const move = (sql: string) => db.prepare(sql).run(id, sha256, former);
    // Objects that both ids have seen stay with the one that already has them.
    move('UPDATE OR IGNORE sightings SET rule_id = ? WHERE sha256 = ? AND rule_id = ?');
    db.prepare('DELETE FROM sightings WHERE sha256 = ? AND rule_id = ?').run(sha256, former);
    move('UPDATE OR IGNORE match_logic SET rule_id = ? WHERE sha256 = ? AND rule_id = ?');
    db.prepare('DELETE FROM match_logic WHERE sha256 = ? AND rule_id = ?').run(sha256, former);
    move('UPDATE OR IGNORE matches SET rule_id = ? WHERE sha256 = ? AND rule_id = ?');
    db.prepare('DELETE FROM matches WHERE sha256 = ? AND rule_id = ?').run(sha256, former);
    db.prepare(
      'UPDATE matches SET rule_name = ?, objects = (SELECT count(*) FROM sightings s WHERE s.sha256 = ? AND s.rule_id = ?) WHERE sha256 = ? AND rule_id = ?',
    ).run(name, sha256, id, sha256, id);
  }
}
