import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lambdaMemoryMb } from '../src/targets/aws/prices/aws-prices.ts';
import { type Analyzers, liveEvent, type Measured, startAnalyzers } from './aws/analyzers.ts';
import { type Kind, keyOf, keysBelow, kinds } from './aws/objects.ts';
import { type Dollars, dollarsOf } from './aws/prices.ts';
import { type ServiceProcess, startServiceProcess } from './aws/service-process.ts';
import { typicalMs } from './aws/typical-latency.ts';

const ownRules = fileURLToPath(new URL('../rules', import.meta.url));
const rounds = 3;

interface Case {
  readonly name: string;
  readonly kind: Kind;
  readonly type: 'live' | 'retro';
  /** Objects of one invocation. */
  readonly perInvocation: number;
  readonly invocations: number;
  /** Every object matches, rather than one in a hundred. */
  readonly marked?: boolean;
}

const cases: readonly Case[] = [
  { name: 'small, 10 messages', kind: 'small', type: 'live', perInvocation: 10, invocations: 20 },
  { name: 'small, 100 messages', kind: 'small', type: 'live', perInvocation: 100, invocations: 4 },
  { name: 'small, 10, all match', kind: 'small', type: 'live', perInvocation: 10, invocations: 5, marked: true },
  { name: 'medium, 10 messages', kind: 'medium', type: 'live', perInvocation: 10, invocations: 6 },
  { name: 'large, 10 messages', kind: 'large', type: 'live', perInvocation: 10, invocations: 1 },
  { name: 'small, retro batch', kind: 'small', type: 'retro', perInvocation: 100, invocations: 4 },
];

/** One round of one case. */
interface Round {
  readonly objects: number;
  /** Milliseconds of the analyzer's invocations. */
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly usage: Parameters<typeof dollarsOf>[0];
}

interface Result {
  readonly name: string;
  readonly kind: Kind;
  readonly perInvocation: number;
  readonly near: readonly Round[];
  /** With network latency. */
  readonly far: Round;
  readonly memory: readonly Measured[];
}

/**
 * Measures one analyzer of the AWS target on emulators: objects and megabytes per second compared
 * with the same bytes scanned from memory, calls per object by service, and the cost of a million
 * objects. The ratios, the calls and the dollars of requests are what matters.
 * @param rulesDir default: the project's own
 */
export async function benchAws(rulesDir = ownRules): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-bench-'));
  const services = await startServiceProcess();
  try {
    const analyzers = await startAnalyzers(services, rulesDir, dir);
    try {
      print(`rules     ${analyzers.rules} of ${rulesDir} and of the benchmark; Node ${process.version}`);
      print(
        `analyzer  one process as in Lambda, ${availableParallelism()} workers; the services run in another process`,
      );
      print(
        'corpus    generated: 4 kB, 250 kB, 20 MB; one in a hundred matches. Its bucket is a server of the benchmark',
      );
      print('          for GetObject, HeadObject and listings only; the rest is fauxqs and dynoxide');
      const { S3: s3, DYNAMODB: dynamo, SNS: sns, SQS: sqs } = typicalMs;
      print(
        `in AWS    assumed: S3 responds after ${s3} ms, DynamoDB after ${dynamo}, SNS after ${sns}, SQS after ${sqs}`,
      );
      await warmUp(analyzers);
      const results: Result[] = [];
      for (const each of cases) results.push(await measure(services, analyzers, each));
      printSpeed(results);
      printCalls(results);
      printDollars(results);
    } finally {
      await analyzers.stop();
    }
  } finally {
    await services.stop();
    await rm(dir, { recursive: true });
  }
}

async function warmUp(analyzers: Analyzers): Promise<void> {
  const started = performance.now();
  await analyzers.invoke('live-analyzer', liveEvent([keyOf('small', 'first', 1)]));
  const coldMs = performance.now() - started;
  print(`start     ${coldMs.toFixed(0)} ms from process start to the result for one object`);
  for (let index = 0; index < 20; index += 1) {
    const keys = keysBelow(`small/warm${index}-10`);
    await analyzers.invoke('live-analyzer', liveEvent(keys));
    await analyzers.invoke('memory', { keys });
  }
}

let groups = 0;

async function measure(services: ServiceProcess, analyzers: Analyzers, each: Case): Promise<Result> {
  const { name, kind, perInvocation, invocations, marked = false } = each;
  const memory: Measured[] = [];
  const near: Round[] = [];
  const runRound = async () => {
    const prefix = `${kind}/${marked ? 'marked' : 'group'}${groups++}-${perInvocation * invocations}`;
    await services.take();
    return { prefix, round: await (each.type === 'live' ? runLive : runRetro)(services, analyzers, each, prefix) };
  };
  await runRound();
  for (let count = 0; count < rounds; count += 1) {
    const { prefix, round } = await runRound();
    near.push(round);
    memory.push(await scanFromMemory(analyzers, prefix, perInvocation));
  }
  await services.delay(true);
  const { round: far } = await runRound();
  await services.delay(false);
  return { name, kind, perInvocation, near, far, memory };
}

async function runLive(
  services: ServiceProcess,
  analyzers: Analyzers,
  { perInvocation }: Case,
  prefix: string,
): Promise<Round> {
  const keys = keysBelow(prefix);
  const took: Measured[] = [];
  for (const some of pages(keys, perInvocation)) took.push(await analyzers.invoke('live-analyzer', liveEvent(some)));
  // S3 sends one message for each object; Lambda receives and deletes ten at once.
  const queueRequests = keys.length * 1.2;
  return roundOf(services, keys.length, took, { invocations: took.length, queueRequests, otherMs: 0 });
}

async function runRetro(services: ServiceProcess, analyzers: Analyzers, _each: Case, prefix: string): Promise<Round> {
  const planned = await analyzers.invoke('batcher', { start: { prefix: `${prefix}/` } });
  const took: Measured[] = [];
  for (const event of await analyzers.takeRetroEvents()) took.push(await analyzers.invoke('retro-analyzer', event));
  const objects = keysBelow(prefix).length;
  // A batch is an invocation, received and deleted separately.
  const queueRequests = took.length * 2;
  return roundOf(services, objects, took, { invocations: took.length + 1, queueRequests, otherMs: planned.wallMs });
}

async function roundOf(
  services: ServiceProcess,
  objects: number,
  took: readonly Measured[],
  more: { readonly invocations: number; readonly queueRequests: number; readonly otherMs: number },
): Promise<Round> {
  const { calls, readUnits, writeUnits } = await services.take();
  const wallMs = sumOf(took, 'wallMs');
  const { invocations, queueRequests } = more;
  const billedSeconds = (wallMs + more.otherMs) / 1000;
  return {
    ...{ objects, wallMs, cpuMs: sumOf(took, 'cpuMs') },
    usage: { calls: new Map(calls), readUnits, writeUnits, invocations, queueRequests, billedSeconds },
  };
}

async function scanFromMemory(analyzers: Analyzers, prefix: string, perInvocation: number): Promise<Measured> {
  const took: Measured[] = [];
  for (const keys of pages(keysBelow(prefix), perInvocation)) took.push(await analyzers.invoke('memory', { keys }));
  return { answer: null, wallMs: sumOf(took, 'wallMs'), cpuMs: sumOf(took, 'cpuMs') };
}

function printSpeed(results: readonly Result[]): void {
  print(
    `\n${''.padEnd(22)}${columns('objects/s', 'MB/s', 'x memory', 'CPU ms/object', 'of it scan', 'ms/invocation', 'in AWS, about')}`,
  );
  for (const { name, kind, near, far, memory, perInvocation } of results) {
    const objects = near[0]?.objects ?? 0;
    const wallMs = median(near.map((round) => round.wallMs));
    const perSecond = objects / (wallMs / 1000);
    const ratio = median(near.map((round, index) => (memory[index]?.wallMs ?? 0) / round.wallMs));
    const cpuMs = median(near.map((round) => round.cpuMs));
    const scanMs = median(memory.map((each) => each.cpuMs));
    const invocations = objects / perInvocation;
    print(
      `${name.padEnd(22)}${columns(
        perSecond.toFixed(perSecond < 100 ? 1 : 0),
        ((perSecond * kinds[kind]) / 1e6).toFixed(1),
        ratio.toFixed(3),
        (cpuMs / objects).toFixed(2),
        `${((100 * scanMs) / cpuMs).toFixed(0)} %`,
        (wallMs / invocations).toFixed(0),
        `${(far.wallMs / invocations).toFixed(0)} ms`,
      )}`,
    );
  }
}

function printCalls(results: readonly Result[]): void {
  print('\ncalls per object');
  for (const { name, far } of results) {
    const { calls, readUnits, writeUnits } = far.usage;
    const all = [...calls].toSorted((a, b) => b[1] - a[1]).map(([call, count]) => `${call} ${per(count, far)}`);
    print(`${name.padEnd(22)}${all.join(', ')}; ${per(readUnits, far)} read and ${per(writeUnits, far)} write units`);
  }
}

function printDollars(results: readonly Result[]): void {
  print(
    `\nUS dollars per million objects (Lambda: ${lambdaMemoryMb} MB, in AWS as assumed; without storage, logs, keys and transfer)`,
  );
  const names: readonly (keyof Dollars)[] = ['S3', 'SQS', 'SNS', 'DynamoDB', 'Lambda'];
  print(`${''.padEnd(22)}${columns(...names, 'sum')}`);
  for (const { name, far } of results) {
    const dollars = dollarsOf(far.usage);
    const values = names.map((service) => (dollars[service] / far.objects) * 1e6);
    const sum = values.reduce((total, value) => total + value, 0);
    print(`${name.padEnd(22)}${columns(...[...values, sum].map((value) => value.toFixed(2)))}`);
  }
}

function per(count: number, { objects }: Round): string {
  return (count / objects).toFixed(2);
}

function columns(...texts: readonly string[]): string {
  return texts.map((text) => text.padStart(14)).join('');
}

function pages<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

function sumOf(took: readonly Measured[], field: 'wallMs' | 'cpuMs'): number {
  return took.reduce((sum, each) => sum + each[field], 0);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
