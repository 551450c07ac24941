import test from 'ava';
import type { GoodwareException } from './goodware-exceptions.ts';
import { exceptionNotes, type GoodwareNotesInput } from './goodware-notes.ts';

const nowMs = Date.parse('2026-11-25T12:00:00Z');
const exception = (given: Partial<GoodwareException> = {}): GoodwareException => ({
  ...{ rule: 'a.yar:A', file: { path: '/usr/x' }, reason: 'known', expires: '2027-01-31', line: 3, ...given },
});
const notesOf = (each: GoodwareException, given: Partial<GoodwareNotesInput> = {}) =>
  exceptionNotes({
    ...{ exceptions: [each], file: 'e.yaml', used: new Set(), scanned: ['a.yar:A'], known: ['a.yar:A', 'a.yar:B'] },
    ...{ roots: ['/usr'], nowMs, ...given },
  });

test('an exception that covered a match and has time left is not noted', (t) => {
  const each = exception();
  t.deepEqual(notesOf(each, { used: new Set([each]) }), []);
});

test('an exception that is used and expires within two weeks is noted', (t) => {
  const notesAt = (expires: string) => {
    const each = exception({ expires });
    return notesOf(each, { used: new Set([each]) }).length > 0;
  };
  t.deepEqual(['2026-11-25', '2026-12-09', '2026-12-10'].map(notesAt), [true, true, false]);
});

test('an unused exception is noted if its rule was scanned and its path was covered by the scan', (t) => {
  t.deepEqual(notesOf(exception()), [
    'e.yaml:3: the exception of a.yar:A for /usr/x was not needed: remove it, unless another place needs it.',
  ]);
  t.deepEqual(notesOf(exception({ rule: 'B' })), [], 'another rule was scanned');
  t.deepEqual(notesOf(exception({ file: { path: 'C:/Windows/x' } })), [], 'another place needs it');
  const sha256 = 'a'.repeat(64);
  t.regex(notesOf(exception({ file: { sha256 } }))[0] ?? '', new RegExp(`A for ${sha256} was not needed`));
});

test('an exception that is expired, or whose rule is gone, is noted whatever was scanned', (t) => {
  t.deepEqual(notesOf(exception({ expires: '2026-11-24' }), { scanned: [], roots: [] }), [
    'e.yaml:3: the exception of a.yar:A for /usr/x expired on 2026-11-24: review it, then renew or remove it.',
  ]);
  t.deepEqual(notesOf(exception({ rule: 'a.yar:G*' }), { scanned: [], roots: [] }), [
    'e.yaml:3: the exception of a.yar:G* for /usr/x is for a rule that does not exist: remove it.',
  ]);
});
