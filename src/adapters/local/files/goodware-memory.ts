import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { messageOf, RearviewError } from '../../../domain/errors.ts';
import { privateFileMode, privateFolderMode } from '../../../files/private-files.ts';
import { type GoodwareMemory, type MeasuredRule, maxMeasuredFiles } from '../../../ports/goodware-memory.ts';
import { makeStateFolder } from '../state-folder.ts';

/** Sets of files that are kept, the latest ones. */
const maxSets = 8;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const schema = z.object({
  schema: z.literal(1),
  rules: z.record(
    sha256,
    z.object({
      files: z.number().int().nonnegative(),
      matches: z.array(z.object({ path: z.string(), sha256 })).max(maxMeasuredFiles),
    }),
  ),
});

/** A memory in the folder `goodware` of a state folder: one file for each set of files. */
export function createGoodwareMemory(stateDir: string): GoodwareMemory {
  const folder = join(stateDir, 'goodware');
  const pathOf = (digest: string) => join(folder, `${digest}.json`);
  const names = async () => (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]{64}\.json$/.test(name));

  async function read(digest: string): Promise<ReadonlyMap<string, MeasuredRule>> {
    try {
      const { rules } = schema.parse(JSON.parse(await readFile(pathOf(digest), 'utf8')));
      return new Map(Object.entries(rules));
    } catch {
      // Missing or damaged: it is measured again.
      return new Map();
    }
  }

  async function removeOld(): Promise<void> {
    const dated = await Promise.all(
      (await names()).map(async (name) => ({ name, at: (await stat(join(folder, name))).mtimeMs })),
    );
    const old = dated.sort((a, b) => b.at - a.at).slice(maxSets);
    for (const { name } of old) await rm(join(folder, name), { force: true });
  }

  return {
    hasAny: async () => (await names()).length > 0,
    read,
    async add(digest, measured) {
      const temporary = join(folder, `${randomUUID()}.tmp`);
      try {
        makeStateFolder(stateDir);
        await mkdir(folder, { recursive: true, mode: privateFolderMode });
        const rules = Object.fromEntries([...(await read(digest)), ...measured]);
        await writeFile(temporary, JSON.stringify({ schema: 1, rules }), { flag: 'wx', mode: privateFileMode });
        await rename(temporary, pathOf(digest));
        await removeOld();
      } catch (cause) {
        await rm(temporary, { force: true }).catch(() => undefined);
        if (cause instanceof RearviewError) throw cause;
        throw new RearviewError('ERR_CONFIG', `${folder} cannot be written: ${messageOf(cause)}`, { cause });
      }
    },
  };
}
