import { createLocalSigner } from '../../adapters/local/signing-key.ts';
import type { Signer } from '../../ports/signer.ts';

/**
 * Signs with the key of the state folder, which is created if there is none. `note` takes messages
 * on the key.
 */
export function openStateSigner(stateDir: string, note: (message: string) => void): Signer {
  return createLocalSigner(stateDir, { note });
}
