import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sizeOf } from '../infra/code/bundle-file.ts';
import { bundleFunctions } from '../infra/code/bundle-functions.ts';
import { zippedSize } from '../infra/code/zipped-size.ts';
import { createAwsClients } from '../src/targets/aws/aws-clients.ts';
import { readAwsConfig } from '../src/targets/aws/aws-config.ts';
import { openAwsTarget } from '../src/targets/aws/aws-target.ts';
import { lambdaMemoryMb } from '../src/targets/aws/prices/aws-prices.ts';
import { emulatedSigner } from '../src/testing/aws/emulated-signer.ts';
import { startFunction } from '../src/testing/lambda-runtime-api/start-function.ts';
import { liveEvent } from './aws/analyzers.ts';
import { keysBelow } from './aws/objects.ts';
import { publishRules } from './aws/publish-rules.ts';
import { startServiceProcess } from './aws/service-process.ts';

const ownRules = fileURLToPath(new URL('../rules', import.meta.url));
const starts = 9;
const names = ['live-analyzer', 'retro-analyzer', 'batcher', 'scan-finisher', 'redrive'] as const;

/** One start of the live analyzer. Milliseconds, bytes. */
interface Start {
  readonly initMs: number;
  readonly firstMs: number;
  readonly warmMs: number;
  readonly residentBytes: number;
}

/**
 * Measures the deployed code on the Runtime API: its size, the time to start and to scan its first
 * object, and its memory.
 * @param rulesDir default: the project's own
 */
export async function benchBundle(rulesDir = ownRules): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-bench-'));
  const services = await startServiceProcess();
  const clients = createAwsClients({
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    endpoints: services.endpoints,
  });
  const target = openAwsTarget({
    ...{ config: readAwsConfig(services.env), clients },
    signer: async () => emulatedSigner(services.env),
  });
  try {
    const { folder: taskRoot, files } = await bundleFunctions(join(dir, 'task'));
    const engine = files.filter(({ path }) => path.startsWith('node_modules/'));
    print(
      `size      ${megabytes(sizeOf(files))}, of it the engine ${megabytes(sizeOf(engine))}; zipped ${megabytes(await zippedSize(files))}`,
    );
    print(`machine   ${availableParallelism()} workers, Node ${process.version}; memory ${lambdaMemoryMb} MB`);
    print(`\n${starts} starts, medians       ${columns('to 1st event', 'MB resident')}`);
    const empty = join(dir, 'empty');
    mkdirSync(empty);
    writeFileSync(join(empty, 'index.mjs'), 'export const handler = async () => null;');
    await printStarts('Node alone', empty, 'index', services.env);
    for (const name of names) await printStarts(name, taskRoot, name, services.env);

    const { rules } = await publishRules(target, rulesDir);
    print(
      `\nlive-analyzer, ${rules.length} rules${columns('to 1st event', '1st object', 'both', '10 more, warm', 'MB resident')}`,
    );
    printScans('from the image', await repeat(() => scanOnce(taskRoot, services.env)));
    await publishRules(target, rulesDir, { withImage: false });
    printScans('compiled there', await repeat(() => scanOnce(taskRoot, services.env)));
  } finally {
    await target.close();
    await services.stop();
    await rm(dir, { recursive: true });
  }
}

type Env = Readonly<Record<string, string>>;

async function printStarts(label: string, taskRoot: string, file: string, env: Env): Promise<void> {
  const took = await repeat(async () => {
    const running = await start(taskRoot, file, env);
    const residentBytes = running.maxResidentBytes() ?? 0;
    await running.stop();
    return { initMs: running.initMs, residentBytes };
  });
  const initMs = median(took.map((each) => each.initMs));
  print(
    `${label.padEnd(24)}${columns(`${initMs.toFixed(0)} ms`, (median(took.map((each) => each.residentBytes)) / 1e6).toFixed(0))}`,
  );
}

let groups = 0;

async function scanOnce(taskRoot: string, env: Env): Promise<Start> {
  const running = await start(taskRoot, 'live-analyzer', env);
  const timed = async (count: number) => {
    const event = liveEvent(keysBelow(`small/bundle${groups++}-${count}`));
    const started = performance.now();
    const { error, payload } = await running.invoke(event);
    if (error !== null || payload !== '{"batchItemFailures":[]}') throw new Error(payload);
    return performance.now() - started;
  };
  try {
    const firstMs = await timed(1);
    await timed(10);
    const warmMs = await timed(10);
    return { initMs: running.initMs, firstMs, warmMs, residentBytes: running.maxResidentBytes() ?? 0 };
  } finally {
    await running.stop();
  }
}

async function start(taskRoot: string, file: string, env: Env) {
  const setup = { taskRoot, name: file, handler: `${file}.handler`, env, memoryMb: lambdaMemoryMb };
  const running = await startFunction(setup);
  if (running.initError !== null) throw new Error(running.initError.errorMessage);
  return running;
}

function printScans(label: string, took: readonly Start[]): void {
  const of = (value: (start: Start) => number) => median(took.map(value)).toFixed(0);
  const texts = [
    `${of(({ initMs }) => initMs)} ms`,
    `${of(({ firstMs }) => firstMs)} ms`,
    `${of(({ initMs, firstMs }) => initMs + firstMs)} ms`,
    `${of(({ warmMs }) => warmMs)} ms`,
    of(({ residentBytes }) => residentBytes / 1e6),
  ];
  print(`${label.padEnd(24)}${columns(...texts)}`);
}

async function repeat<T>(run: () => Promise<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let count = 0; count < starts; count += 1) all.push(await run());
  return all;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function columns(...texts: readonly string[]): string {
  return texts.map((text) => text.padStart(15)).join('');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
