import test from 'ava';
import fc from 'fast-check';
import { hasCode } from '../../domain/errors.ts';
import { logicOf } from '../../domain/rulesets/ruleset.ts';
import { buildRuleset, rulesetId } from '../../rules/ruleset.ts';
import { encodeRuleset } from '../../rules/ruleset-file.ts';
import { previewEvent } from '../../targets/aws/preview-event.ts';
import { previewRequest } from '../../testing/local/preview-request.ts';
import { ruleFor } from '../../testing/local/test-target.ts';
import { parsePreviewEvent } from './preview-event.ts';

const rules = { now: { 'a.yar': ruleFor('Alpha', 'alpha') }, before: { 'a.yar': ruleFor('Alpha', 'al') } };
const request = previewRequest(rules, {
  ...{ sample: 0.25, sha256: ['ab'.repeat(32)], expected: { objects: 1, bytes: 2 } },
  filter: { prefix: 'in/', minBytes: 1, maxBytes: 9, arrivedAfter: '2026-01-01T00:00:00.000Z' },
  inventories: ['s3://inventories/manifest.json'],
});
const eventOf = (of: typeof request): { preview: Record<string, unknown> } =>
  JSON.parse(new TextDecoder().decode(previewEvent(of)));
const { preview } = eventOf(request);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const withRuleset = (ruleset: Parameters<typeof encodeRuleset>[0]) => ({
  preview: { ...preview, ruleset: base64(encodeRuleset(ruleset)) },
});

/** Reads an event and the rules in it. */
function readAll(event: unknown): void {
  const parsed = parsePreviewEvent(event);
  if (parsed.type === 'preview') parsed.request();
}

test('the batcher reads what a target requests', (t) => {
  const event = parsePreviewEvent({ preview });
  if (event.type !== 'preview') return t.fail();
  const { image: _, ...ruleset } = { image: null, ...request.ruleset };
  t.is(event.scanId, request.scanId);
  t.deepEqual(event.request(), { ...request, ruleset });
  t.deepEqual(parsePreviewEvent({ cancelPreview: request.scanId }), { type: 'cancel', scanId: request.scanId });
});

test('rules are built from their sources, whatever is sent with them', (t) => {
  const [rule] = request.ruleset.rules;
  if (rule === undefined) return t.fail();
  const staged = { identifier: 'status', value: 'staged' };
  const lies = [{ ...rule, name: 'Other', logicHash: 'ab'.repeat(32), meta: [staged] }];
  const event = parsePreviewEvent(withRuleset({ ...request.ruleset, rules: lies }));
  if (event.type !== 'preview') return t.fail();
  t.deepEqual(event.request().ruleset.rules, request.ruleset.rules);
  t.deepEqual(logicOf(event.request().ruleset), logicOf(request.ruleset));
});

test('a ruleset that does not match its id, has an image or is for another engine is refused', (t) => {
  const { ruleset } = request;
  const image = {
    ...{ engineSha256: 'ab'.repeat(32), memoryBytes: 65_536 },
    ...{ rulesAddress: 1, externals: [], memory: new Uint8Array(10) },
  };
  const other = buildRuleset(ruleset.sources, { name: 'yara-x', version: '0.0.1' });
  const disordered = { ...ruleset, sources: ruleset.sources.toReversed() };
  // Named after what it has, but not as it would have been built: it would lie under an id that
  // nobody else arrives at.
  const own = { ...disordered, id: rulesetId(disordered.sources, ruleset.engine) };
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [withRuleset(own), /not in order/],
    [withRuleset({ ...ruleset, id: 'ab'.repeat(32) }), /but its content has the id/],
    [withRuleset({ ...ruleset, image }), /has an image/],
    [withRuleset(other), /made for yara-x 0\.0\.1/],
    [withRuleset(disordered), /but its content has the id/],
    [{ preview: { ...preview, ruleset: base64(Buffer.from('no ruleset')) } }, /not a ruleset/],
    [{ preview: { ...preview, ruleset: base64(encodeRuleset(ruleset)).slice(0, -8) } }, /truncated|altered/],
  ];
  for (const [event, message] of wrong) {
    const error = t.throws(() => readAll(event), { message });
    t.true(hasCode(error, 'ERR_RULESET_UNUSABLE'), message.source);
  }
});

test('sources that unpack to more than the limit of a preview are not unpacked', (t) => {
  const source = `rule a { condition: true } // ${' '.repeat(17 * 2 ** 20)}`;
  const { ruleset } = previewRequest({ now: { 'a.yar': source } });
  const event = withRuleset(ruleset);
  t.true(JSON.stringify(event).length < 100_000);
  t.true(
    hasCode(
      t.throws(() => readAll(event)),
      'ERR_RULESET_UNUSABLE',
    ),
  );
});

test('only a preview and its end can be requested, each field within its bounds', (t) => {
  const wrong: readonly unknown[] = [
    ...[null, 'preview', [], {}, { start: { full: true } }, { scanId: request.scanId }],
    ...[{ cancelPreview: 'retro-20260101T000000-abcdef' }, { cancelPreview: 7 }],
    ...[{ cancelPreview: request.scanId, preview }, { preview, start: {} }, { preview: { ...preview, full: false } }],
    ...[
      { scanId: 'live-2026-01-01' },
      { sample: -0.1 },
      { sample: 2 },
      { sample: null },
      { expected: { objects: -1 } },
    ].map((fields) => ({ preview: { ...preview, ...fields } })),
    ...[{ sha256: ['x'] }, { sha256: Array.from({ length: 1001 }, () => 'ab'.repeat(32)) }, { ruleset: '§' }].map(
      (fields) => ({ preview: { ...preview, ...fields } }),
    ),
    ...[{ prefix: 'x'.repeat(2049) }, { minBytes: 0.5 }, { arrivedAfter: 'yesterday' }, { buckets: ['other'] }].map(
      (filter) => ({ preview: { ...preview, filter } }),
    ),
    ...[['x'.repeat(2049)], Array.from({ length: 101 }, () => 's3://b/k')].map((inventories) => ({
      preview: { ...preview, inventories },
    })),
  ];
  for (const event of wrong) {
    t.true(
      hasCode(
        t.throws(() => parsePreviewEvent(event)),
        'ERR_CONFIG',
      ),
      JSON.stringify(event)?.slice(0, 200),
    );
  }
});

test('every input is read or refused with a code', (t) => {
  const anything = fc.oneof(
    fc.anything(),
    fc.record({ preview: fc.anything() }),
    fc
      .uint8Array({ minLength: 1, maxLength: 300 })
      .map((bytes) => ({ preview: { ...preview, ruleset: base64(bytes) } })),
    fc.nat(base64(encodeRuleset(request.ruleset)).length - 1).map((at) => {
      const bytes = encodeRuleset(request.ruleset);
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ 0x41;
      return { preview: { ...preview, ruleset: base64(bytes) } };
    }),
  );
  const holds = fc.property(anything, (event) => {
    try {
      readAll(event);
      return true;
    } catch (error) {
      return hasCode(error, 'ERR_CONFIG', 'ERR_RULESET_UNUSABLE', 'ERR_RULES_INVALID');
    }
  });
  fc.assert(holds);
  t.pass();
});

test('an object in place of a text is refused, whatever its length', (t) => {
  const inventories: unknown = JSON.parse('[{"length":{"toString":1,"valueOf":1}}]');
  t.throws(() => parsePreviewEvent({ preview: { inventories } }), { code: 'ERR_CONFIG' });
});
