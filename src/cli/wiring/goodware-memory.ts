import { createGoodwareMemory } from '../../adapters/local/files/goodware-memory.ts';
import type { GoodwareMemory } from '../../ports/goodware-memory.ts';

/** Opens the results of public rules on goodware, which the state folder remembers. */
export function openGoodwareMemory(stateDir: string): GoodwareMemory {
  return createGoodwareMemory(stateDir);
}
