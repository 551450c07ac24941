import test from 'ava';
import type { CurrentRuleset } from '../../domain/rulesets/ruleset.ts';
import { watchRuleset } from './watch-ruleset.ts';

const active = (sequence: number): CurrentRuleset => ({
  ...{ rulesetId: 'a'.repeat(64), fileSha256: '0'.repeat(64), sequence },
  ...{ publishedAt: '2026-01-01T00:00:00.000Z', commit: null, firstCommit: null, returnsTo: null, earlier: [] },
});

test('a ruleset that this process is still publishing is not reported as that of another process', async (t) => {
  const end = new AbortController();
  const lines: string[] = [];
  let looks = 0;
  await watchRuleset({
    // The pointer moves before the publish is done; then another process publishes.
    library: { current: async () => active(Math.min(++looks, 3)) },
    isOwn: async (sequence) => {
      await new Promise((resolve) => setImmediate(resolve));
      return sequence === 2;
    },
    say(_, text) {
      lines.push(text);
      end.abort();
    },
    signal: end.signal,
  });
  t.deepEqual(lines, [`${'a'.repeat(12)} published by another process, number 3 (before: 2)`]);
});
