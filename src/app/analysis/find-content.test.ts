import test from 'ava';
import { createSqliteMatchStore } from '../../adapters/local/database/match-store.ts';
import { alertSchema } from '../../domain/alerts/alert.ts';
import type { MatchCandidate } from '../../ports/match-store.ts';
import { tempDatabase } from '../../testing/local/temp-database.ts';
import { findContent } from './find-content.ts';

function candidate(sha256: string, name: string): MatchCandidate {
  const at = '2026-01-01T00:00:00.000Z';
  return {
    isStaged: false,
    sameLogicRules: [name],
    alert: {
      ...{ schema: alertSchema, id: sha256 + name, at, strings: [] },
      rule: { id: name, namespace: 'a.yar', name, tags: [], meta: [], severity: 'high', logicHash: name },
      file: { sha256, md5: 'm', size: 1, filepath: sha256, filename: sha256 },
      object: { bucket: 'corpus', key: sha256, version: '1', arrivedAt: at },
      scan: { id: 's', kind: 'live' },
      ruleset: { id: 'rs' },
    },
  };
}

test('the first digits find one content, also behind a page of others', async (t) => {
  const matches = createSqliteMatchStore({ db: tempDatabase(t) });
  const [one, other] = ['ab12'.padEnd(64, '0'), 'ab13'.padEnd(64, '0')];
  const others = Array.from({ length: 600 }, (_, index) => `f${String(index).padStart(63, '0')}`);
  for (const sha256 of [...others, other]) await matches.record([candidate(sha256, 'R')]);
  await matches.record([candidate(one, 'R'), candidate(one, 'S')]);
  t.is(await findContent(matches, 'ab12'), one);
  t.is(await findContent(matches, 'ab13000'), other);
  await t.throwsAsync(findContent(matches, 'ab1'), { message: /Several contents begin with ab1, for example ab1/ });
  await t.throwsAsync(findContent(matches, 'ab4'), { message: 'No match is on record for ab4.' });
});

test('a whole SHA-256 is not looked up', async (t) => {
  const list = () => Promise.reject(new Error('listed'));
  t.is(await findContent({ list }, 'a'.repeat(64)), 'a'.repeat(64));
});
