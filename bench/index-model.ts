import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createSegmentFolder } from '../src/adapters/local/files/segment-folder.ts';
import { type CorpusExclusions, createCorpusExclusions } from '../src/app/index/corpus-exclusions.ts';
import { openSegments } from '../src/app/index/corpus-index.ts';
import { indexSettings } from '../src/app/index/index-settings.ts';
import { createIndexWriter } from '../src/app/index/index-writer.ts';
import type { ScanLimits } from '../src/domain/inside/scan-limits.ts';
import type { ObjectInfo } from '../src/domain/objects/object.ts';
import { logicOf } from '../src/domain/rulesets/ruleset.ts';
import { engineInfo } from '../src/engine/module/engine-module.ts';
import { createContentFilter } from '../src/index/content-filter.ts';
import { querySegment } from '../src/index/query-segment.ts';
import { readObjects } from '../src/index/read-objects.ts';
import { encodeSegment } from '../src/index/segment.ts';
import { openSegment } from '../src/index/segment-reader.ts';
import type { SegmentStore } from '../src/ports/segment-store.ts';
import type { Requirement } from '../src/rules/requirement/requirement.ts';
import { buildRuleset } from '../src/rules/ruleset.ts';

/** Bytes of filters of a joined segment, and of a range that is fetched for rows, in AWS. */
const segmentBytes = 16 * 1024 ** 2;
const chunkBytes = 1024 ** 2;
const objectBytes = 250_000;
const syntheticObjects = 1e6;
const pageSize = 1000;
/** Bytes of names that a scan keeps decoded. */
const usualNamesBytes = 256 * 1024 ** 2;

/** Measured, for each object. */
export interface PlanCost {
  /** Microseconds of CPU to open the index. */
  readonly openUs: number;
  /** The same to decide, and to decide if its name is not among those that are kept decoded. */
  readonly decideUs: number;
  readonly decodeUs: number;
  /** Bytes of memory, besides the names that are kept decoded. */
  readonly bytes: number;
}

/**
 * Measures what the plan of a retro scan takes for each object of a large index: made up, with names
 * as in S3, in segments with as many objects as in AWS.
 * @param share bytes of the index for each byte of an object
 */
export async function measurePlan(dir: string, limits: ScanLimits, share: number): Promise<PlanCost> {
  const segments = createSegmentFolder(join(dir, 'synthetic'));
  const each = Math.round(segmentBytes / (objectBytes * share));
  const digest = (name: 'md5' | 'sha256', index: number) => createHash(name).update(`${index}`).digest('hex');
  const all: ObjectInfo[] = [];
  const facts = { size: objectBytes, head: Buffer.from('MZ'), md5: digest('md5', 0), sha256: digest('sha256', 0) };
  const contents = [{ facts, filter: createContentFilter(Buffer.from('nothing of interest')) }];
  const settings = indexSettings(limits);
  for (let at = 0; at < syntheticObjects; at += each) {
    const objects = Array.from({ length: Math.min(each, syntheticObjects - at) }, (_, index) => {
      const key = `uploads/2026/${digest('sha256', at + index)}`;
      const version = digest('md5', at + index);
      return { bucket: 'corpus', key, version, size: objectBytes, arrivedAt: '2026-01-01T00:00:00.000Z' };
    });
    all.push(...objects);
    const { name, bytes, endOffset } = encodeSegment(objects.map((object) => ({ ...object, contents })));
    await segments.put({ name, endOffset, size: bytes.length, objects: objects.length, settings }, bytes);
  }
  const source = 'rule needle { strings: $a = "needle in a haystack" condition: $a }';
  const ruleset = buildRuleset([{ namespace: 'needle', source }], engineInfo());
  const gap = logicOf(ruleset);
  // A listing in the order of names, which has nothing to do with that of the segments.
  all.sort((a, b) => (a.key < b.key ? -1 : 1));
  const scans = { exclusionsBy: async () => [] };
  const create = (bytes: number) =>
    createCorpusExclusions({ segments, limits, ruleset, scans, scanId: 'bench', namesBytes: bytes });
  const decide = async (exclusions: CorpusExclusions, objects: readonly ObjectInfo[]) => {
    const decided = cpuSeconds();
    let excluded = 0;
    for (let at = 0; at < objects.length; at += pageSize) {
      const page = objects.slice(at, at + pageSize).map((object) => ({ object, gap }));
      excluded += (await exclusions.decide(page)).filter(({ kind }) => kind === 'excluded').length;
    }
    if (excluded !== objects.length) throw new Error(`${excluded} of ${objects.length} objects were excluded.`);
    return objects.length === 0 ? 0 : (decided() / objects.length) * 1e6;
  };
  const before = memory();
  const compressed = create(0);
  const opening = cpuSeconds();
  await compressed.decide([]);
  const openUs = (opening() / all.length) * 1e6;
  const bytes = (memory() - before) / all.length;
  const page = all.slice(0, pageSize);
  // The first time, rows of the segments are read, too.
  await decide(compressed, page);
  const decodeUs = await decide(compressed, page);
  const usual = create(usualNamesBytes);
  await usual.decide([]);
  return { openUs, bytes, decodeUs, decideUs: await decide(usual, all) };
}

/** Requests and bytes that a rule takes for each segment of an index, if it is stored as in AWS. */
export async function countRequests(
  dir: string,
  limits: ScanLimits,
  source: SegmentStore,
  requirements: readonly Requirement[],
): Promise<{ readonly requests: number; readonly bytes: number }> {
  const stored = createSegmentFolder(join(dir, 'small'));
  const writer = createIndexWriter({
    ...{ segments: stored, limits },
    onProblem: (message) => {
      throw new Error(message);
    },
  });
  for await (const { reader } of openSegments(source, await source.list())) {
    for (const object of reader === null ? [] : await readObjects(reader)) {
      writer.add(object);
      if (writer.waitingBytes >= segmentBytes) await writer.flush();
    }
  }
  await writer.flush();
  const listed = await stored.list();
  let [requests, bytes] = [0, 0];
  for (const requirement of requirements) {
    for (const segment of listed) {
      const chunks = new Set<number>();
      const reader = await openSegment(segment, (start, length, options) => {
        if (options?.exactly === true) {
          requests += 1;
          bytes += length;
        } else chunks.add(Math.floor(start / chunkBytes)).add(Math.floor((start + length - 1) / chunkBytes));
        return stored.read(segment, start, length);
      });
      await querySegment(reader, [requirement]);
      requests += chunks.size;
      bytes += Math.min(chunks.size * chunkBytes, segment.size);
    }
  }
  const times = requirements.length * listed.length;
  return { requests: requests / times, bytes: bytes / times };
}

/**
 * What a retro scan with one rule takes in AWS, by what was measured and these assumptions: 50 ms a
 * request; 16 segments opened and 8 read at once; 75 MB a second to one function; 0.2 s to list,
 * look up and write a page of 1000 objects; 1,000 scanners of 25 MB a second.
 */
export function modelLines(
  { openUs, decideUs, bytes }: PlanCost,
  { requests, bytes: bytesRead }: { readonly requests: number; readonly bytes: number },
  { share, mean }: { readonly share: number; readonly mean: number },
): readonly string[] {
  return [1e6, 1e7, 1e8].map((objects) => {
    const segments = Math.ceil((objects * objectBytes * share) / segmentBytes);
    // One for the end and one for the ledger, of each segment.
    const open = Math.max((segments * 2 * 0.05) / 16, (objects * openUs) / 1e6);
    const gets = segments * requests;
    const read = Math.max((gets * 0.05) / 8, (bytesRead * segments) / 75e6);
    const plan = (objects / pageSize) * 0.2 + (objects * decideUs) / 1e6;
    const reads = objects * mean;
    const scan = (reads * objectBytes) / 25e6 / 1000;
    const dollars = ((segments + gets + reads) * 0.4) / 1e6 + (open + read + plan) * 3e-5 + scan * 1000 * 3e-5;
    return `  ${objects.toExponential(0)} objects: index ${((objects * objectBytes * share) / 1e12).toFixed(3)} TB in ${segments} segments; ${((usualNamesBytes + objects * bytes) / 1e6).toFixed(0)} MB of memory; ${open.toFixed(0)} s to open, in each invocation; ${gets.toFixed(0)} GETs of rows, ${read.toFixed(0)} s; ${plan.toFixed(0)} s to list and decide; ${reads.toFixed(0)} objects to scan, ${scan.toFixed(0)} s; $${dollars.toFixed(2)}`;
  });
}

/** Returns a function with the seconds of CPU from now on. */
function cpuSeconds(): () => number {
  const from = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1e6;
  };
}

/** Bytes of objects and buffers, after a garbage collection. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
