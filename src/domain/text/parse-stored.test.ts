import test from 'ava';
import * as z from 'zod';
import { parseStored } from './parse-stored.ts';

const schema = z.object({ a: z.number() });

test('a stored value is parsed, and the error for a damaged one names it', (t) => {
  t.deepEqual(parseStored(schema, '{"a":1}', 'thing'), { a: 1 });
  for (const text of ['', '{', '{"a":"1"}', 'null', null, 7]) {
    t.throws(() => parseStored(schema, text, 'thing'), { code: 'ERR_STATE', message: /^Invalid stored thing \(/ });
  }
});
