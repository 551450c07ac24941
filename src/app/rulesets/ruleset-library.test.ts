import { createHash } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { type LocalState, openLocalState } from '../../adapters/local/state.ts';
import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset, RulesetImage } from '../../domain/rulesets/ruleset.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { buildRuleset } from '../../rules/ruleset.ts';
import { type Distrust, encodeRuleset } from '../../rules/ruleset-file.ts';
import { createTestSigner, testTrust } from '../../testing/local/test-signer.ts';
import { tempFolder } from '../../testing/temp-folder.ts';
import { publishRuleset } from './publish-ruleset.ts';
import { createRulesetLibrary, type RulesetLibraryOptions } from './ruleset-library.ts';
import { signRuleset } from './sign-ruleset.ts';

const image: RulesetImage = {
  engineSha256: 'a'.repeat(64),
  memoryBytes: 65_536,
  rulesAddress: 1024,
  externals: [],
  memory: Uint8Array.from([1, 2, 3]),
};
const plain = buildRuleset([{ namespace: 'a.yar', source: 'rule a { condition: true }' }], {
  name: 'yara-x',
  version: '1.20.0',
});
const key = `rulesets/${plain.id}`;
/** A hostile image for this engine, with other bytes. */
const forgedImage: Ruleset = { ...plain, image: { ...image, memory: Uint8Array.from([6, 6, 6]) } };
/** A hostile manifest that lists no rules. */
const forgedManifest: Ruleset = { ...plain, image, rules: [] };

function openState(t: ExecutionContext): LocalState {
  const state = openLocalState(tempFolder(t), { visibilityMs: 1000, maxReceives: 3, corpusNotice: () => '' });
  t.teardown(() => state.close());
  return state;
}

/** Each is another process: what one remembers the next has to read. */
function opener(state: LocalState, options: Partial<RulesetLibraryOptions> = {}) {
  const { pointers } = state;
  return () => createRulesetLibrary({ store: state.stores.rulesets, pointers, ...testTrust, ...options });
}

/** Refuses to replace objects, like the bucket policy in AWS. */
function writtenOnce(store: ObjectStore): ObjectStore {
  return {
    ...store,
    put(name, content, options) {
      if (options?.ifAbsent === true) return store.put(name, content, options);
      throw new RearviewError('ERR_OBJECT_DENIED', 'Access Denied');
    },
  };
}

async function storedBytes({ stores: { rulesets } }: LocalState): Promise<Uint8Array> {
  const { version } = await rulesets.head({ key });
  return (await rulesets.read({ bucket: rulesets.bucket, key, version }, { maxBytes: 1_000_000 })).bytes;
}

test('a signed ruleset is stored once, and again only with an image for another engine', async (t) => {
  const state = openState(t);
  const open = opener(state);
  const stored = async () => (await open().get(plain.id)).image?.engineSha256 ?? null;

  await open().putSigned(plain);
  t.is(await stored(), null);
  const first = await open().putSigned({ ...plain, image });
  t.is(await stored(), image.engineSha256);
  const without = open();
  t.is(await without.putSigned(plain), first);
  t.is((await without.get(plain.id)).image?.engineSha256, image.engineSha256, 'who has none uses the stored one');
  const other = { ...image, engineSha256: 'c'.repeat(64) };
  const library = open();
  const second = await library.putSigned({ ...plain, image: other });
  t.not(second, first);
  t.is(
    second,
    createHash('sha256')
      .update(await storedBytes(state))
      .digest('hex'),
  );
  t.deepEqual((await library.get(plain.id)).image, other);
});

test('a ruleset stored without a signature is used without its image, which is only reported if it has one', async (t) => {
  const reported: string[] = [];
  const open = opener(openState(t), { onDistrusted: (id) => reported.push(id) });
  await open().put({ ...plain, image: null });
  await open().put({ ...plain, image });
  const library = open();
  t.deepEqual(await library.get(plain.id), { ...plain, image: null });
  t.is((await library.inspect(plain.id)).distrust?.kind, 'unsigned');
  t.deepEqual(reported, []);
});

test('a stored file that may not be replaced stays, and a problem is reported', async (t) => {
  const state = openState(t);
  const kept: string[] = [];
  const options = { store: writtenOnce(state.stores.rulesets), onKept: (_: string, lack: string) => kept.push(lack) };
  const open = opener(state, options);
  const first = await open().putSigned({ ...plain, image });
  t.deepEqual(kept, []);
  const library = open();
  t.is(await library.putSigned({ ...plain, image: { ...image, engineSha256: 'c'.repeat(64) } }), first);
  t.deepEqual(kept, ['image']);
  t.is((await library.get(plain.id)).image?.engineSha256, image.engineSha256);

  await state.stores.rulesets.put(key, Buffer.from('damaged'));
  const damaged = {
    code: 'ERR_OBJECT_DENIED',
    message: /rulesets\/rulesets\/[0-9a-f]{64} holds something else/,
  } as const;
  await t.throwsAsync(open().putSigned({ ...plain, image }), damaged, 'what cannot be read is not kept');

  await state.stores.rulesets.put(key, encodeRuleset(plain));
  t.is(await open().putSigned({ ...plain, image }), createHash('sha256').update(encodeRuleset(plain)).digest('hex'));
  t.deepEqual(kept, ['image', 'signature']);
});

test('a signed file replaces an equal one without a signature, and any file replaces a damaged one', async (t) => {
  const state = openState(t);
  const open = opener(state);
  for (const there of [encodeRuleset(plain), encodeRuleset({ ...plain, image }), Buffer.from('damaged')]) {
    await state.stores.rulesets.put(key, there);
    await open().putSigned({ ...plain, image });
    t.is((await open().inspect(plain.id)).distrust, null);
  }
  await state.stores.rulesets.put(key, Buffer.from('damaged'));
  await open().put(plain);
  t.deepEqual((await open().get(plain.id)).rules, plain.rules);
});

test('a planted file under the name of a ruleset is not published, and nothing else is', async (t) => {
  const state = openState(t);
  const open = opener(state);
  const stranger = createTestSigner();
  const planted: readonly (readonly [Uint8Array, RegExp])[] = [
    [encodeRuleset(forgedImage), /its image is not what its sources compile to/],
    [encodeRuleset(forgedManifest), /its list of rules is not that of its sources/],
    [await signRuleset(forgedManifest, stranger), /no trusted key has signed/],
    [await signRuleset(forgedImage, stranger), /no trusted key has signed/],
  ];
  for (const [bytes, message] of planted) {
    await state.stores.rulesets.put(key, bytes);
    const refused = { code: 'ERR_RULESET_UNUSABLE', message } as const;
    const error = await t.throwsAsync(publishRuleset(open(), { ...plain, image }, { now: Date.now }), refused);
    t.true(error?.message.includes(`rulesets/${key}`), error?.message);
    t.is(await open().current(), null);
    t.is(Buffer.compare(await storedBytes(state), bytes), 0);
    t.deepEqual(await open().get(plain.id), { ...plain, image: null }, 'and readers get the sources');
  }
  await state.stores.rulesets.put(key, encodeRuleset(forgedManifest));
  await t.throwsAsync(open().put(plain), { code: 'ERR_RULESET_UNUSABLE', message: /list of rules/ });
});

test('a published file that is replaced is not used as it is, which is reported once', async (t) => {
  const state = openState(t);
  const reported: Distrust[] = [];
  const open = opener(state, { onDistrusted: (_, distrust) => reported.push(distrust) });
  const { current } = await publishRuleset(open(), { ...plain, image }, { now: Date.now });
  t.is(
    current.fileSha256,
    createHash('sha256')
      .update(await storedBytes(state))
      .digest('hex'),
  );
  t.deepEqual(await open().get(plain.id), { ...plain, image });
  t.deepEqual(reported, []);

  // With the key, as an earlier file that was signed is, and without.
  for (const bytes of [await signRuleset(forgedImage, await testTrust.signer()), encodeRuleset(forgedManifest)]) {
    await state.stores.rulesets.put(key, bytes);
    const library = open();
    t.deepEqual(await library.get(plain.id), { ...plain, image: null });
    t.is((await library.inspect(plain.id)).distrust?.kind, 'replaced');
    t.is(reported.splice(0).length, 1);
  }
});

test('a file that a publisher replaces while it is read is used, whichever of file and pointer is read first', async (t) => {
  const state = openState(t);
  const reported: Distrust[] = [];
  await publishRuleset(opener(state)(), { ...plain, image }, { now: Date.now });
  const { rulesets } = state.stores;
  const before = await signRuleset({ ...plain, image: null }, await testTrust.signer());
  let reads = 0;
  const readBefore: ObjectStore = {
    ...rulesets,
    async read(ref, options) {
      reads += 1;
      const content = await rulesets.read(ref, options);
      return reads === 1 ? { ...content, bytes: new Uint8Array(before) } : content;
    },
  };
  let gets = 0;
  const pointerBefore: RulesetLibraryOptions['pointers'] = {
    ...state.pointers,
    async get(name) {
      gets += 1;
      const pointer = await state.pointers.get(name);
      const { fileSha256 } = JSON.parse(pointer?.value ?? '{}');
      return gets > 1 || pointer === null
        ? pointer
        : {
            ...pointer,
            value: pointer.value.replaceAll(fileSha256, createHash('sha256').update(before).digest('hex')),
          };
    },
  };
  for (const early of [{ store: readBefore }, { pointers: pointerBefore }]) {
    const open = opener(state, { onDistrusted: (_, distrust) => reported.push(distrust), ...early });
    t.deepEqual(await open().get(plain.id), { ...plain, image });
  }
  t.deepEqual([reads, gets, reported], [2, 2, []]);
});

test('an earlier ruleset must be the file that was published', async (t) => {
  const state = openState(t);
  const reported: Distrust[] = [];
  const open = opener(state, { onDistrusted: (_, distrust) => reported.push(distrust) });
  await publishRuleset(open(), { ...plain, image }, { now: Date.now });
  const next = buildRuleset([{ namespace: 'b.yar', source: 'rule b { condition: true }' }], plain.engine);
  await publishRuleset(open(), next, { now: Date.now });
  await state.stores.rulesets.put(key, encodeRuleset(forgedImage));
  t.is((await open().get(plain.id)).image, null);
  t.is(reported[0]?.kind, 'replaced');
});

test('an active ruleset without a signature is signed by the next publish, and its pointer names the file', async (t) => {
  const state = openState(t);
  const reported: Distrust[] = [];
  const open = opener(state, { onDistrusted: (_, distrust) => reported.push(distrust) });
  const bytes = encodeRuleset({ ...plain, image });
  await state.stores.rulesets.put(key, bytes);
  const pointer = {
    ...{ rulesetId: plain.id, sequence: 7, publishedAt: '2026-01-01T00:00:00.000Z', earlier: [], returnsTo: null },
    ...{ fileSha256: createHash('sha256').update(bytes).digest('hex'), commit: null, firstCommit: null },
  };
  t.true(await state.pointers.compareAndSet('ruleset/current', null, JSON.stringify(pointer)));
  t.is((await open().get(plain.id)).image, null);
  t.deepEqual(
    reported.map(({ kind }) => kind),
    ['unsigned'],
  );
  const { state: published, current } = await publishRuleset(open(), { ...plain, image }, { now: Date.now });
  t.is(published, 'unchanged');
  t.is(current.sequence, 7);
  t.deepEqual(await open().get(plain.id), { ...plain, image });
  t.is(current.fileSha256, (await open().inspect(plain.id)).fileSha256);
});

test('if nothing can be signed, nothing is stored or published', async (t) => {
  const state = openState(t);
  const refused = new RearviewError('ERR_SIGNING', 'no');
  const { trusted } = testTrust;
  const { rulesets: store } = state.stores;
  const signers = {
    none: {},
    refusing: { signer: async () => Promise.reject(refused) },
    // With a key that no reader has.
    mixed: {
      signer: async () => ({
        ...(await testTrust.signer()),
        sign: (bytes: Uint8Array) => createTestSigner().sign(bytes),
      }),
    },
  };
  for (const [name, signer] of Object.entries(signers)) {
    const library = createRulesetLibrary({ store, pointers: state.pointers, trusted, ...signer });
    await t.throwsAsync(publishRuleset(library, plain, { now: Date.now }), { code: 'ERR_SIGNING' }, name);
    t.is(await library.current(), null);
    await t.throwsAsync(library.get(plain.id), { code: 'ERR_NOT_FOUND' });
  }
});
