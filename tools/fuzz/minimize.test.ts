import test from 'ava';
import { minimize } from './minimize.ts';

const keep = (holds: (text: string) => boolean) => async (candidate: Buffer) =>
  holds(candidate.toString()) ? candidate : null;

test('the required bytes stay in any position, and everything else is removed', async (t) => {
  const input = Buffer.from(`${'x'.repeat(1000)}a${'y'.repeat(500)}b${'z'.repeat(33)}`);
  const smallest = await minimize(
    input,
    keep((text) => /a.*b/s.test(text)),
    { attempts: 1000 },
  );
  t.is(smallest.toString(), 'ab');
  t.is(
    (
      await minimize(
        input,
        keep(() => true),
        { attempts: 100 },
      )
    ).length,
    0,
  );
  t.is(
    await minimize(
      input,
      keep(() => false),
      { attempts: 100 },
    ),
    input,
  );
});

test('it ends after the maximum number of attempts', async (t) => {
  let attempts = 0;
  const count = async (candidate: Buffer) => {
    attempts += 1;
    return candidate.includes('a') ? candidate : null;
  };
  await minimize(Buffer.from('ab'.repeat(500)), count, { attempts: 7 });
  t.is(attempts, 7);
});
