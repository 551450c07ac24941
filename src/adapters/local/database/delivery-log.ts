import type { DeliveryLog } from '../../../ports/delivery-log.ts';
import type { Database } from './database.ts';

/** The sinks that took owed alerts, in SQLite, next to the alerts. */
export function createSqliteDeliveryLog({ db }: { readonly db: Database }): DeliveryLog {
  const takersOf = db.prepare('SELECT sink FROM deliveries WHERE alert_id = ?');
  const record = db.prepare('INSERT INTO deliveries (alert_id, sink) VALUES (?, ?) ON CONFLICT DO NOTHING');
  const owed = db.prepare(
    `SELECT count(*) AS alerts FROM sightings s WHERE alert_state = 'pending'
     AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = s.alert_id AND d.sink = ?)`,
  );
  return {
    async takers(alertIds) {
      const found = alertIds.map((id) => [id, new Set(takersOf.all(id).map((row) => String(row['sink'])))] as const);
      return new Map(found.filter(([, sinks]) => sinks.size > 0));
    },
    recordTakers: async (alertId, sinks) =>
      db.transaction(() => {
        for (const sink of sinks) record.run(alertId, sink);
      }),
    undelivered: async (sink) => Number(owed.get(sink)?.['alerts'] ?? 0),
  };
}
