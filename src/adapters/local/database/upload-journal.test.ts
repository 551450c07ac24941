import test from 'ava';
import { uploadJournalContract } from '../../../ports/upload-journal.contract.ts';
import { tempDatabase } from '../../../testing/local/temp-database.ts';
import { createSqliteUploadJournal } from './upload-journal.ts';

uploadJournalContract(test, (t) => createSqliteUploadJournal({ db: tempDatabase(t), target: 'corpus' }));

test('journals of different targets are independent', async (t) => {
  const db = tempDatabase(t);
  const [one, other] = ['a', 'b'].map((target) => createSqliteUploadJournal({ db, target }));
  const place = { path: '/x', key: 'x' };
  await one?.record(place, { fingerprint: '1', size: 1, sha256: 'ab', version: '1' });
  t.is(await other?.find(place), null);
  t.deepEqual(await other?.oldest(5, 9), []);
  await other?.forget(place);
  t.is((await one?.find(place))?.fingerprint, '1');
});
