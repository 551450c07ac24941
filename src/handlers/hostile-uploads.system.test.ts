import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { type AwsPipeline, startAwsPipeline } from '../testing/aws/aws-pipeline.ts';
import { ruleFor } from '../testing/local/test-target.ts';
import { testWithDynamo } from '../testing/test-unless.ts';

const alpha = { 'a.yar': ruleFor('Alpha', 'alpha') };
const beta = { 'b.yar': ruleFor('Beta', 'beta') };

function liveScan({ target }: AwsPipeline) {
  return target.state.scans.get(`live-${new Date().toISOString().slice(0, 10)}`);
}

/** Puts an object as a collector that is not ours does: metadata go into headers as they are. */
async function putRaw({ services: { s3 } }: AwsPipeline, key: string, metadata: Record<string, string>): Promise<void> {
  const Body = Buffer.from(`alpha ${key}`);
  await s3.send(new PutObjectCommand({ Bucket: 'corpus', Key: key, Body, Metadata: metadata }));
}

testWithDynamo('whatever path an uploader claims, the file is scanned, matched and alerted', async (t) => {
  const pipeline = await startAwsPipeline(t);
  const named = 'rule Named { condition: filename == "evil.exe" and extension == ".exe" and filetype == "EXE" }';
  await pipeline.publish({ ...alpha, 'named.yar': named });
  const claims: Readonly<Record<string, string>> = {
    plain: '/srv/evil.exe',
    newline: '/srv/a%0aALERT%1b[2J',
    nul: '/srv/evil.exe%00.txt',
    'not-utf8': '/srv/%ff%fe',
    overlong: '/srv/%c0%af',
    surrogate: '/srv/%ud800',
    half: '/srv/%e2%82',
    percent: '100%',
    bidi: '/srv/%e2%80%aegpj.exe',
    long: `/${'a/'.repeat(990)}`,
    windows: 'C:\\temp\\evil.exe',
    empty: '%',
    dots: '../../../../etc/passwd',
  };
  for (const [key, filepath] of Object.entries(claims)) await putRaw(pipeline, key, { filepath });
  await putRaw(pipeline, 'proto', { __proto__: 'x', constructor: 'y', tostring: 'z' });
  await putRaw(pipeline, 'others', { filename: 'evil.exe', extension: '.exe', filetype: 'EXE' });
  await pipeline.settle();
  const keys = [...Object.keys(claims), 'proto', 'others'];
  t.like((await liveScan(pipeline))?.counts, { objects: keys.length, scanned: keys.length, failed: 0 });
  const alerts = await pipeline.alerts();
  const of = (rule: string) => alerts.filter((each) => each.rule.name === rule).map(({ object }) => object.key);
  t.deepEqual(of('Alpha').sort(), keys.toSorted());
  t.deepEqual(of('Named').sort(), ['plain', 'windows'], 'names of files come from the path alone');
  const paths = new Map(alerts.map(({ object, file }) => [object.key, file.filepath]));
  t.is(paths.get('newline'), '/srv/a\nALERT\u001b[2J');
  t.is(paths.get('not-utf8'), '/srv/%ff%fe', 'what is no UTF-8 stays as it was written');
  t.is(paths.get('empty'), 'empty', 'no path is no claim: the key counts');
  t.is(paths.get('proto'), 'proto');
});

testWithDynamo('no name of a key prevents a scan of its object, on arrival or later', async (t) => {
  const pipeline = await startAwsPipeline(t);
  await pipeline.publish(alpha);
  const keys = [
    ...['folder/', 'folder//', 'rulesets/x', 'alerts/x', 'quarantine/x', 'rearview-live-test/x', 'AWSLogs/x'],
    ...['.hidden', '~', 'a/./b', 'a//b', 'corpus/all/manifest.json', 'x$folder$', '#', '?', '*', '%2e%2e', 'a\u0001b'],
  ];
  await pipeline.upload(Object.fromEntries(keys.map((key) => [key, `alpha beta ${key}`])));
  await pipeline.upload({ 'empty-folder/': '', empty: '' });
  await pipeline.settle();
  const objects = keys.length + 2;
  t.like((await liveScan(pipeline))?.counts, { objects, scanned: objects, matches: keys.length });
  await pipeline.publish({ ...alpha, ...beta });
  const { counts } = await pipeline.ended((await pipeline.begin()).id);
  t.like(counts, { objects, scanned: objects, matches: keys.length });
  const found = (await pipeline.alerts()).filter(({ rule }) => rule.name === 'Beta').map(({ object }) => object.key);
  t.deepEqual(found.sort(), keys.toSorted());
});

testWithDynamo(
  'nothing is lost by overwriting or deleting: every version is scanned as it arrives, and by later scans',
  async (t) => {
    const pipeline = await startAwsPipeline(t);
    await pipeline.publish(alpha);
    for (const content of ['alpha 1 beta', 'harmless', 'alpha 2', '']) await pipeline.upload({ 'host/a': content });
    await pipeline.upload({ 'host/b': 'alpha 3 beta' });
    await pipeline.services.s3.send(new DeleteObjectCommand({ Bucket: 'corpus', Key: 'host/b' }));
    await pipeline.settle();
    t.like((await liveScan(pipeline))?.counts, { objects: 5, scanned: 5, matches: 3 });
    t.is((await pipeline.alerts()).length, 3);
    await pipeline.publish({ ...alpha, ...beta });
    const scan = await pipeline.ended((await pipeline.begin()).id);
    t.like(scan.counts, { objects: 5, scanned: 5, matches: 2 }, 'what is hidden by a delete marker too');
    const versions = (await pipeline.ledger(scan.id))
      .filter(({ key }) => key === 'host/a')
      .map(({ version }) => version);
    t.is(new Set(versions).size, 4);
  },
);

testWithDynamo(
  'metadata of an object sets a declared variable; a value that does not fit affects only itself',
  async (t) => {
    const pipeline = await startAwsPipeline(t);
    const depth = { name: 'depth', type: 'integer', default: 1 } as const;
    const rules = [1, 2].map((value) => `rule Is_${value} { condition: depth == ${value} }`).join('\n');
    await pipeline.publish({ 'a.yar': rules }, [depth]);
    await putRaw(pipeline, 'two', { 'rearview-var-depth': '2' });
    await putRaw(pipeline, 'unfit', { 'rearview-var-depth': 'deep' });
    await putRaw(pipeline, 'silent', {});
    await pipeline.settle();
    const found = (await pipeline.alerts()).map(({ rule, object }) => `${object.key} ${rule.name}`);
    t.deepEqual(found.sort(), ['silent Is_1', 'two Is_2', 'unfit Is_1']);
    t.like((await liveScan(pipeline))?.counts, { objects: 3, scanned: 3, failed: 0 });
  },
);
