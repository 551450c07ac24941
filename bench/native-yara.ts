import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { RuleSource } from '../src/domain/rulesets/rule.ts';
import { engineInfo } from '../src/engine/module/engine-module.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('./native-subject.py', import.meta.url));
const resultSchema = z.object({ value: z.number(), matches: z.number().optional() });

/**
 * MB/s of what is in memory; milliseconds for 10 bytes, to compile and scan for the first time, or to
 * read and scan all files.
 */
export type NativeTask = 'throughput' | 'fixed' | 'compile' | 'files';
export type NativeResult = z.infer<typeof resultSchema>;

/** What to install for the comparison. */
export const nativePackage = `Python package yara-x ${engineInfo().version}`;

/** Whether Python has YARA-X of the engine's own version. */
export async function hasNativeYara(): Promise<boolean> {
  const code = 'import importlib.metadata; print(importlib.metadata.version("yara-x"))';
  const { stdout } = await run('python3', ['-c', code]).catch(() => ({ stdout: '' }));
  return stdout.trim() === engineInfo().version;
}

/**
 * Measures native YARA-X in a process of its own.
 * @param folder for the rules and the list of files
 */
export async function runNativeYara(
  task: NativeTask,
  {
    sources,
    paths,
    folder,
  }: { readonly sources: readonly RuleSource[]; readonly paths: readonly string[]; readonly folder: string },
): Promise<NativeResult> {
  const [rules, list] = [join(folder, 'native-rules.json'), join(folder, 'native-files')];
  await writeFile(rules, JSON.stringify(sources));
  await writeFile(list, paths.join('\n'));
  const { stdout } = await run('python3', [script, task, rules, list], { maxBuffer: 1 << 26 });
  return resultSchema.parse(JSON.parse(stdout));
}
