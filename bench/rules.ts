import { type ChildProcess, spawn } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSource } from '../src/rules/syntax/parse.ts';
import { generateRules } from './generated-rules.ts';

const cli = fileURLToPath(new URL('../src/cli/launch.mjs', import.meta.url));
/** One rule in so many is broken. */
const brokenShare = 12;

/** Writes milliseconds of CPU and the largest memory of the process to the file descriptor 3. */
const usage = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => { const u = process.resourceUsage(); writeSync(3, JSON.stringify([(u.userCPUTime + u.systemCPUTime) / 1000, u.maxRSS * 1024])); });",
)}`;

interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

const defaultCount = 6000;

/**
 * Commands on thousands of public rules: from cold, with one rule edited, with broken ones, and a
 * save while `up` runs. Then checks of the same rules as own ones, which are linted. Each command is
 * a process of its own.
 * @param subject a folder of rules, or how many to generate. Default: 6,000
 */
export async function benchRules(subject = String(defaultCount)): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'rearview-rules-'));
  try {
    const rules = join(work, 'rules');
    const pack = join(rules, 'vendor/pack');
    mkdirSync(pack, { recursive: true });
    writeFileSync(join(rules, 'sources.yaml'), 'sources:\n  pack: { url: "file:///pack", state: active }\n');
    if (/^\d+$/.test(subject)) generateRules(pack, Number(subject));
    else cpSync(subject, pack, { recursive: true });
    const files = ruleFiles(pack);
    const count = files.reduce((sum, file) => sum + parseSource(readFileSync(file, 'utf8')).rules.length, 0);
    process.stdout.write(`${count} rules in ${files.length} files\n\n`);
    const [edited = ''] = files.slice(files.length >> 1);
    const edit = () => addRule(edited);
    const tests = join(work, 'tests');
    await measure('rules check, from cold', work, ['rules', 'check']);
    await measure('rules check, nothing changed', work, ['rules', 'check']);
    edit();
    await measure('rules check, a rule added', work, ['rules', 'check']);
    const test = ['rules', 'test', '--tests', tests];
    forget(work);
    const whole = await measure('rules test, from cold', work, test);
    edit();
    await measure('rules test, a rule added', work, test);
    await measureUp(work, edit);
    forget(work);
    renameSync(pack, join(rules, 'own'));
    const [ownEdited = ''] = ruleFiles(join(rules, 'own')).slice(files.length >> 1);
    await measure('rules check, own, from cold', work, ['rules', 'check']);
    await measure('rules check, own, nothing changed', work, ['rules', 'check']);
    addRule(ownEdited);
    await measure('rules check, own, a rule added', work, ['rules', 'check']);
    renameSync(join(rules, 'own'), pack);
    forget(work);
    const broken = breakRules(files);
    const part = await measure(`rules test, from cold, ${broken} broken`, work, test);
    process.stdout.write(`\n${broken} broken against none: ${(part.cpuMs / whole.cpuMs).toFixed(2)} x of CPU\n`);
  } finally {
    rmSync(work, { recursive: true });
  }
}

function ruleFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.yara?$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

let added = 0;

function addRule(file: string): void {
  added += 1;
  appendFileSync(file, `\nrule Added_${added} { strings: $a = "added ${added}" condition: $a }\n`);
}

/** Removes what was computed before. */
function forget(work: string): void {
  rmSync(join(work, 'cache'), { recursive: true, force: true });
}

/** Makes some rules refer to nothing. Returns how many. */
function breakRules(files: readonly string[]): number {
  let [seen, count] = [0, 0];
  for (const file of files) {
    const source = readFileSync(file, 'utf8');
    const parsed = parseSource(source).rules;
    const broken = parsed.filter((_, index) => (seen + index) % brokenShare === 0);
    seen += parsed.length;
    let text = source;
    for (const { parts } of broken.toReversed()) {
      const { start: at } = parts.condition;
      text = `${text.slice(0, at)} nothing and ${text.slice(at)}`;
    }
    writeFileSync(file, text);
    count += broken.length;
  }
  return count;
}

function start(work: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', usage, cli, ...args], {
    cwd: work,
    env: { ...process.env, XDG_CACHE_HOME: join(work, 'cache'), XDG_STATE_HOME: join(work, 'state') },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
}

async function measure(name: string, work: string, args: readonly string[]): Promise<Run> {
  const startedAt = performance.now();
  const run = await ended(start(work, args), startedAt);
  print(name, run);
  return run;
}

function ended(child: ChildProcess, startedAt: number): Promise<Run> {
  let [report, problems] = ['', ''];
  child.stdio[3]?.on('data', (chunk) => (report += String(chunk)));
  child.stderr?.on('data', (chunk) => (problems += String(chunk)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      // 1: the rules have problems, which broken ones are not.
      if (code !== 0) return reject(new Error(`exit code ${code}: ${problems}`));
      const [cpuMs = Number.NaN, bytes = Number.NaN]: number[] = JSON.parse(report);
      return resolve({ wallMs: performance.now() - startedAt, cpuMs, bytes });
    });
  });
}

function print(name: string, { wallMs, cpuMs, bytes }: Run): void {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(6)} s`;
  const memory = `${(bytes / 2 ** 20).toFixed(0).padStart(6)} MiB`;
  process.stdout.write(`${name.padEnd(40)} ${seconds(wallMs)} ${seconds(cpuMs)} CPU ${memory}\n`);
}

/** The time from a save to the scan with the new rule, while the pipeline runs. */
async function measureUp(work: string, edit: () => void): Promise<void> {
  const corpus = join(work, 'corpus');
  mkdirSync(corpus);
  writeFileSync(join(corpus, 'one.txt'), 'one');
  const startedAt = performance.now();
  const up = start(work, ['up', '--corpus', corpus]);
  const done = ended(up, startedAt);
  const lines = (async function* () {
    let rest = '';
    for await (const chunk of up.stderr ?? []) {
      const parts = `${rest}${chunk}`.split('\n');
      rest = parts.pop() ?? '';
      yield* parts;
    }
  })();
  const until = async (word: string) => {
    for (;;) {
      const { value, done: isOver } = await lines.next();
      if (isOver === true) throw new Error(`up ended without "${word}".`);
      if (value.includes(word)) return performance.now();
    }
  };
  const say = (name: string, ms: number) =>
    process.stdout.write(`${name.padEnd(40)} ${(ms / 1000).toFixed(1).padStart(6)} s\n`);
  say('up, start to ready', (await until('ready')) - startedAt);
  const savedAt = performance.now();
  edit();
  say('up, save to published', (await until('published')) - savedAt);
  say('up, save to end of its scan', (await until('completed')) - savedAt);
  up.kill('SIGINT');
  while (!(await lines.next()).done);
  print('up, all of it', await done);
}
