import { type Engine, instantiate, packageUrl, threadEngine, type YaraApi } from './yara.ts';

/**
 * A hostile or broken rule file can trap the engine while it compiles, and the package knows one instance for each copy
 * of its JavaScript. In a thread that cannot be thrown away (the command line, checking a pull request) the next copy must
 * be at hand at once, because compiling is synchronous; so a few are loaded ahead (1 ms each) and replenished when used.
 */
const spareCount = 3;
let copies = 0;

async function loadCopy(): Promise<YaraApi> {
  copies += 1;
  // A query makes it another module to Node, with variables of its own.
  return (await import(`${packageUrl()}?copy=${copies}`)) as YaraApi;
}

const spares: YaraApi[] = await Promise.all(Array.from({ length: spareCount }, loadCopy));
let current: Engine | undefined;

/**
 * An instance of the engine that has not trapped.
 * @returns undefined where more traps came in one synchronous run than there are spares; ask again in a later turn
 */
export function liveEngine(): Engine | undefined {
  current ??= threadEngine();
  if (current.dead) {
    const spare = spares.shift();
    if (spare === undefined) return undefined;
    current = instantiate(spare);
    void loadCopy().then((copy) => spares.push(copy));
  }
  return current;
}
