/**
 * Scans the objects of a live event from memory: the same bytes in the same pool of workers,
 * without any service.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import pMap from 'p-map';
import * as z from 'zod';
import { externalsOf } from '../../src/domain/rulesets/externals.ts';
import { createScanPool } from '../../src/engine/pool/scan-pool.ts';
import { loadRuleset } from '../../src/rules/ruleset-file.ts';
import { generateObject } from './objects.ts';

const eventSchema = z.object({ keys: z.array(z.string()) });

// The benchmark itself has just built it.
const { ruleset, imageDamage } = loadRuleset(await readFile(process.env['BENCH_RULESET'] ?? ''), { trustImage: true });
if (imageDamage !== null) throw new Error(`The image of the rules is not used: ${imageDamage}`);
const pool = createScanPool({ workers: availableParallelism() });

export async function handler(event: unknown): Promise<unknown> {
  const contents = eventSchema.parse(event).keys.map((key) => {
    const object = generateObject(key);
    if (object === null) throw new Error(`There is no object ${key}.`);
    return { key, bytes: new Uint8Array(Buffer.concat([object.head, object.tail])) };
  });
  const [started, cpu] = [performance.now(), process.cpuUsage()];
  const reports = await pMap(contents, ({ key, bytes }) => pool.scan({ ruleset, bytes, externals: externalsOf(key) }));
  const wallMs = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  if (reports.some(({ status }) => status !== 'scanned')) throw new Error('Not everything was scanned.');
  return { answer: null, wallMs, cpuMs: (user + system) / 1000 };
}
