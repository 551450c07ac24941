import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import type { CliContext } from '../../cli/context.ts';
import { runCli } from '../../cli/program.ts';
import type { Teardown } from '../teardown.ts';

export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of stdout, as JSON. */
  readonly lines: readonly Record<string, unknown>[];
}

/** The command line in a folder of its own that goes with the test. */
export interface TestCli {
  readonly dir: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  run(...args: readonly string[]): Promise<CliRun>;
  runWith(context: Partial<CliContext>, ...args: readonly string[]): Promise<CliRun>;
}

export async function createTestCli(t: Teardown): Promise<TestCli> {
  const dir = await mkdtemp(join(tmpdir(), 'rearview-cli-'));
  t.teardown(() => rm(dir, { recursive: true }));
  const runWith: TestCli['runWith'] = async (context, ...args) => {
    const stdout = collector();
    const stderr = collector();
    const code = await runCli(args, {
      stdout: stdout.stream,
      stderr: stderr.stream,
      cwd: dir,
      env: {},
      isTerminal: { stdout: false, stderr: false },
      signal: new AbortController().signal,
      ...context,
    });
    const text = stdout.text();
    // Whatever a command is given, it writes nothing that acts on a terminal: the end of a status
    // line is the only exception.
    const raw = /(?!\n|\t|\u001b\[(?:1|2|22|31|32|33|36|39)m)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    const found = raw.exec((text + stderr.text()).replaceAll('\r\u001b[2K', ''));
    if (found !== null) throw new Error(`rearview ${args.join(' ')} wrote ${JSON.stringify(found[0])}`);
    return {
      code,
      stdout: text,
      stderr: stderr.text(),
      get lines() {
        return text
          .split('\n')
          .filter((line) => line !== '')
          .map((line): Record<string, unknown> => JSON.parse(line));
      },
    };
  };
  return {
    dir,
    runWith,
    run: (...args) => runWith({}, ...args),
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(dir, name)), { recursive: true });
        await writeFile(join(dir, name), content);
      }
    },
  };
}

/** Keeps what is written. */
export function collector() {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Uint8Array, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** A rule that matches files which contain `text`, and its two tests. */
export function testedRule(name: string, text: string): Readonly<Record<string, string>> {
  const path = `${name.toLowerCase()}.yar`;
  const meta = ['description', 'author', 'reference'].map((each) => `${each} = "https://example.invalid/${each}"`);
  return {
    [`rules/${path}`]: `rule ${name} {\n  meta:\n    ${meta.join('\n    ')}\n    date = "2026-01-31"\n    severity = "high"\n  strings:\n    $a = "${text}"\n  condition:\n    $a\n}\n`,
    [`rule-tests/${path}.test.yaml`]: `tests:\n  - { name: hit, sample: { text: "a file with ${text} in it" }, matches: [${name}] }\n  - { name: miss, sample: { text: "nothing" }, matches: [] }\n`,
  };
}
