import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import * as z from 'zod';
import { tempFolder } from '../../src/testing/temp-folder.ts';
import { bundleFunctions } from './bundle-functions.ts';
import { projectFolder } from './folders.ts';
import { bundleSbom } from './sbom.ts';

const hashes = z.tuple([
  z.strictObject({ alg: z.enum(['SHA-256', 'SHA-512']), content: z.string().regex(/^[0-9a-f]+$/) }),
]);
const licenses = z.tuple([z.strictObject({ expression: z.string() })]);
const shared = { 'bom-ref': z.string(), name: z.string() };
/** The used part of CycloneDX 1.6: https://cyclonedx.org/docs/1.6/json/ */
const sbomSchema = z.strictObject({
  $schema: z.literal('http://cyclonedx.org/schema/bom-1.6.schema.json'),
  ...{ bomFormat: z.literal('CycloneDX'), specVersion: z.literal('1.6'), version: z.literal(1) },
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
  metadata: z.strictObject({
    component: z.strictObject({ ...shared, type: z.literal('application'), version: z.string(), licenses }),
  }),
  components: z.array(
    z.discriminatedUnion('type', [
      z.strictObject({
        ...{
          ...shared,
          type: z.literal('library'),
          group: z.string().optional(),
          version: z.string(),
          licenses,
          hashes: hashes.optional(),
        },
        ...{
          scope: z.literal('required'),
          purl: z.string().regex(/^pkg:(npm|cargo)\/(%40[\w.-]+\/)?[\w.-]+@[\w.+%-]+$/),
        },
      }),
      z.strictObject({ ...shared, type: z.literal('file'), hashes }),
    ]),
  ),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()).optional() })),
  compositions: z.array(
    z.strictObject({ aggregate: z.enum(['complete', 'unknown']), assemblies: z.array(z.string()) }),
  ),
});

test('the SBOM lists every package and every file of the real bundle, each with its hash', async (t) => {
  const bundle = await bundleFunctions(join(tempFolder(t), 'bundle'));
  const text = bundleSbom({ version: '1.2.3', ...bundle });
  const { components, serialNumber, compositions, dependencies } = sbomSchema.parse(JSON.parse(text));
  const libraries = components.filter(({ type }) => type === 'library');
  t.deepEqual(
    libraries.map((each) => ('group' in each && each.group !== undefined ? `${each.group}/${each.name}` : each.name)),
    bundle.packages.map(({ name }) => name),
  );
  const lock = z
    .object({ packages: z.record(z.string(), z.object({ integrity: z.string().optional() })) })
    .parse(JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')));
  const zod = libraries.find((each) => each.name === 'zod');
  const locked = Buffer.from(zod?.hashes?.[0].content ?? '', 'hex').toString('base64');
  t.is(`sha512-${locked}`, lock.packages['node_modules/zod']?.integrity ?? '');
  const files = components.filter(({ type }) => type === 'file');
  t.deepEqual(
    files.map(({ name, hashes: given }) => [name, given?.[0].content]),
    bundle.files.map(({ path, bytes }) => [path, createHash('sha256').update(bytes).digest('hex')]),
  );
  const refs = components.map((each) => each['bom-ref']);
  t.is(new Set(refs).size, refs.length);
  t.true(dependencies.every(({ ref }) => ref === 'rearview' || refs.includes(ref)));
  t.deepEqual(compositions, [{ aggregate: 'complete', assemblies: ['rearview'] }]);
  t.true(refs.includes('pkg:cargo/yara-x@1.20.0'), 'the crates of the engine are listed');

  t.is(bundleSbom({ version: '1.2.3', ...bundle }), text, 'the same bundle gives the same text');
  const other = bundleSbom({ version: '1.2.3', ...bundle, files: bundle.files.slice(1) });
  t.not(sbomSchema.parse(JSON.parse(other)).serialNumber, serialNumber);
});
