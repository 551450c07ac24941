import test from 'ava';
import { takeTurns } from './take-turns.ts';

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('the tests of one file run together, and another file waits for the last of them', async (t) => {
  const turns = takeTurns();
  const entered: string[] = [];
  const enter = async (file: string) => {
    await turns.enter(file);
    entered.push(file);
  };
  for (const file of ['a', 'a', 'b', 'c', 'b', 'a']) void enter(file);
  await settle();
  t.deepEqual(entered, ['a', 'a', 'a']);
  turns.leave();
  turns.leave();
  await settle();
  t.is(entered.length, 3);
  turns.leave();
  await settle();
  t.deepEqual(entered.slice(3), ['b', 'b']);
  turns.leave();
  turns.leave();
  await settle();
  t.deepEqual(entered.slice(5), ['c']);
});

test('a file that starts a test after its turn gets another one', async (t) => {
  const turns = takeTurns();
  void turns.enter('a');
  const b = turns.enter('b');
  turns.leave();
  await b;
  const again = turns.enter('a');
  t.not(again, undefined);
  turns.leave();
  await again;
  turns.leave();
  t.is(turns.enter('c'), undefined);
});
