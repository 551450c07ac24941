import test, { type ExecutionContext } from 'ava';
import { openLocalState } from '../../adapters/local/state.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import { engineInfo } from '../../engine/module/engine-module.ts';
import type { OperatorNotice } from '../../ports/operator-notices.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { testTrust } from '../../testing/local/test-signer.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { noticedPointer, noticeRulesetChanges } from './notice-ruleset-changes.ts';
import { publishRuleset } from './publish-ruleset.ts';
import { rollbackRuleset } from './rollback-ruleset.ts';
import { createRulesetLibrary } from './ruleset-library.ts';

const now = () => Date.parse('2026-01-02T03:04:05Z');
const rulesetOf = (word: string): Ruleset =>
  buildRuleset([{ namespace: `${word}.yar`, source: ruleFor(word, word) }], engineInfo());
const commitOf = (word: string) => Buffer.from(word.padEnd(20)).toString('hex');

function openStack(t: ExecutionContext) {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  const { pointers } = state;
  const library = createRulesetLibrary({ store: state.stores.rulesets, pointers, ...testTrust });
  const sent: OperatorNotice[] = [];
  const send = async (notice: OperatorNotice) => {
    sent.push(notice);
  };
  return {
    ...{ pointers, library, sent },
    round: (notices = { send }) => noticeRulesetChanges({ library, pointers, notices, stack: 'rearview-prod' }),
    publish: (word: string) =>
      publishRuleset(library, rulesetOf(word), {
        now,
        commit: { sha: commitOf(word), isContainedIn: async () => false },
      }),
    async write(name: string, value: unknown) {
      const pointer = await pointers.get(name);
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      await pointers.compareAndSet(name, pointer?.revision ?? null, text);
    },
  };
}

test('the first publish is noticed, and no later round repeats it', async (t) => {
  const stack = openStack(t);
  t.false(await stack.round(), 'nothing is active yet');
  await stack.publish('one');
  t.true(await stack.round());
  t.false(await stack.round());
  const [notice, ...others] = stack.sent;
  t.is(others.length, 0);
  t.is(notice?.subject, 'Rearview: ruleset 1 is active (the first)');
  const text = notice?.text ?? '';
  for (const part of ['rearview-prod', '2026-01-02T03:04:05.000Z', rulesetOf('one').id, commitOf('one')]) {
    t.true(text.includes(part), part);
  }
  t.regex(text, /Ruleset 1: published/);
});

test('several changes between two rounds are all in one notice, oldest first, with what each replaced', async (t) => {
  const stack = openStack(t);
  await stack.publish('one');
  await stack.round();
  for (const word of ['two', 'three', 'two']) await stack.publish(word);
  await stack.round();
  t.is(stack.sent.length, 2);
  const { subject, text } = stack.sent[1] ?? { subject: '', text: '' };
  t.is(subject, 'Rearview: ruleset 4 is active (before: 3)');
  t.deepEqual(text.match(/^Ruleset .*$/gm), ['Ruleset 2: published', 'Ruleset 3: published', 'Ruleset 4: published']);
  t.deepEqual(text.match(/before {2}.*$/gm), ['before  ruleset 1', 'before  ruleset 2', 'before  ruleset 3']);
});

test('a rollback is named as one, also where a later change hides it', async (t) => {
  const stack = openStack(t);
  for (const word of ['one', 'two']) await stack.publish(word);
  await stack.round();
  await rollbackRuleset(stack.library, { now });
  await stack.round();
  t.is(stack.sent.at(-1)?.subject, 'Rearview: rolled back to ruleset 1, active as 3 (before: 2)');
  t.regex(stack.sent.at(-1)?.text ?? '', /^Ruleset 3: rolled back to ruleset 1$/m);
  await rollbackRuleset(stack.library, { now, to: '2' });
  await stack.publish('three');
  await stack.round();
  t.regex(stack.sent.at(-1)?.text ?? '', /^Ruleset 4: rolled back, or published again: the same rules as ruleset 2$/m);
});

test('a notice that cannot be sent is sent by the next round, with later changes', async (t) => {
  const stack = openStack(t);
  await stack.round();
  await stack.publish('one');
  const broken = {
    send: async () => {
      throw new RearviewError('ERR_ALERT_DELIVERY', 'no', { retryable: true });
    },
  };
  await t.throwsAsync(stack.round(broken), { message: 'no' });
  await stack.publish('two');
  t.true(await stack.round());
  t.regex(stack.sent[0]?.text ?? '', /Ruleset 1: published[\s\S]*Ruleset 2: published/);
});

test('a round that dies between sending and noting sends the notice again', async (t) => {
  const stack = openStack(t);
  await stack.publish('one');
  const { library, pointers } = stack;
  const dying = { ...pointers, compareAndSet: () => Promise.reject(new Error('killed')) };
  const notices = { send: async (notice: OperatorNotice) => void stack.sent.push(notice) };
  await t.throwsAsync(noticeRulesetChanges({ library, pointers: dying, notices, stack: 'x' }), { message: 'killed' });
  t.true(await stack.round());
  t.is(stack.sent.length, 2);
});

test('more changes than the pointer keeps are counted, and none is silently ignored', async (t) => {
  const stack = openStack(t);
  await stack.round();
  for (let at = 0; at < 25; at += 1) await stack.publish(`r${at}`);
  await stack.round();
  const text = stack.sent[0]?.text ?? '';
  t.is(text.match(/^Ruleset /gm)?.length, 21);
  t.regex(text, /Changes 1 to 4 are not listed/);
});

test('a later commit with the same rules causes no notice', async (t) => {
  const stack = openStack(t);
  await stack.publish('one');
  await stack.round();
  await publishRuleset(stack.library, rulesetOf('one'), {
    now,
    commit: { sha: commitOf('later'), isContainedIn: async () => false },
  });
  t.false(await stack.round());
});

test('a pointer that was reset, rewritten or removed other than by publish and rollback is reported as such', async (t) => {
  const stack = openStack(t);
  await stack.publish('one');
  const first = JSON.parse((await stack.pointers.get('ruleset/current'))?.value ?? '');
  await stack.publish('two');
  await stack.round();
  await stack.write('ruleset/current', first);
  await stack.round();
  t.is(stack.sent.length, 2);
  t.regex(stack.sent[1]?.subject ?? '', /not by publish or rollback/);
  t.regex(stack.sent[1]?.text ?? '', /before {2}2 \(id /);

  await stack.write('ruleset/current', { ...first, rulesetId: 'e'.repeat(64) });
  await stack.round();
  t.regex(stack.sent[2]?.subject ?? '', /not by publish or rollback/, 'the same number with other rules');
  // What a hostile writer puts there neither forges lines nor fills mails.
  await stack.write('ruleset/current', { ...first, rulesetId: `x\nRuleset 9: published\u001b[2J${'y'.repeat(9999)}` });
  await stack.round();
  t.true((stack.sent[3]?.text.length ?? 0) < 2000);
  t.notRegex(stack.sent[3]?.text ?? '', /^Ruleset 9|\u001b/m);
});

test('an unreadable note counts as none, and the known changes are sent again', async (t) => {
  const stack = openStack(t);
  await stack.publish('one');
  await stack.round();
  for (const value of ['{"sequence":"9"}', 'no json', '{"sequence":-1,"rulesetId":""}']) {
    await stack.write(noticedPointer, value);
    t.true(await stack.round(), value);
  }
  t.false(await stack.round());
});
