import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { objectRemoverContract } from '../../../ports/object-remover.contract.ts';
import { tempFolder } from '../../../testing/temp-folder.ts';
import { openDatabase } from '../database/database.ts';
import { createFolderObjectRemover } from './folder-object-remover.ts';
import { createFolderObjectStore } from './folder-object-store.ts';

function open(t: ExecutionContext) {
  const folder = tempFolder(t);
  const db = openDatabase(join(folder, 'state.db'));
  t.teardown(() => db.close());
  const place = { db, dir: join(folder, 'corpus'), bucket: 'corpus' };
  return { ...place, store: createFolderObjectStore(place), remover: createFolderObjectRemover(place) };
}

const filesOf = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());

objectRemoverContract(test, open);

test('a content is removed with the last object that has it', async (t) => {
  const { store, remover, dir } = open(t);
  await store.put('a', Buffer.from('same'));
  await store.put('b', Buffer.from('same'));
  await remover.removeAll('a');
  t.is(filesOf(dir).length, 1);
  await remover.removeAll('b');
  t.is(filesOf(dir).length, 0);
});

test('an object whose content is removed during the store is not stored without it, and may be retried', async (t) => {
  const { db, dir, bucket, store, remover } = open(t);
  await store.put('a', Buffer.from('same'));
  // Called when the content is found, before the object is written.
  const racing = createFolderObjectStore({
    ...{ dir, bucket },
    db: {
      ...db,
      transaction(step, options) {
        void remover.removeAll('a');
        return db.transaction(step, options);
      },
    },
  });
  const error = await t.throwsAsync(racing.put('b', Buffer.from('same')));
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
  t.deepEqual((await store.list({ after: null, limit: 9 })).objects, []);
  const info = await racing.put('b', Buffer.from('same'));
  t.is(Buffer.from((await store.read(info, { maxBytes: 9 })).bytes).toString(), 'same');
});
