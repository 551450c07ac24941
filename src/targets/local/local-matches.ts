import { createSqliteMatchStore } from '../../adapters/local/database/match-store.ts';
import { openStateDatabase } from '../../adapters/local/state-database.ts';
import type { MatchTarget } from '../target.ts';
import type { LocalTarget } from './local-target.ts';

/**
 * Opens the matches of a state folder and nothing else: a list of matches reads a table. The whole
 * target is loaded and opened once the library is used.
 * @throws RearviewError `ERR_CONFIG` if it cannot be used
 */
export function openLocalMatches(stateDir: string): MatchTarget & { close(): Promise<void> } {
  const db = openStateDatabase(stateDir);
  let opened: Promise<LocalTarget> | undefined;
  const whole = () => {
    opened ??= import('./local-target.ts').then(({ openLocalTarget }) => openLocalTarget({ stateDir }));
    return opened;
  };
  return {
    state: { matches: createSqliteMatchStore({ db }) },
    library: {
      current: async () => (await whole()).library.current(),
      get: async (id) => (await whole()).library.get(id),
    },
    async close() {
      await (await opened)?.close();
      db.close();
    },
  };
}
