import { RearviewError } from '../../domain/errors.ts';
import type { Ruleset } from '../../domain/rulesets/ruleset.ts';
import type { Signer } from '../../ports/signer.ts';
import { keyIdOf, publicKeyOf, verifies } from '../../rules/file/ruleset-signature.ts';
import { type PackOptions, packRuleset } from '../../rules/ruleset-file.ts';

/**
 * A ruleset as a signed file. The signature is checked before anything uses it.
 * @throws RearviewError as `Signer.sign`; `ERR_SIGNING` where the signature is not one of the
 *   signer's public key
 */
export async function signRuleset(ruleset: Ruleset, signer: Signer, options?: PackOptions): Promise<Uint8Array> {
  const { message, seal } = packRuleset(ruleset, options);
  const spki = await signer.publicKey();
  const signature = await signer.sign(message);
  if (!verifies(publicKeyOf(spki), message, signature)) {
    throw new RearviewError(
      'ERR_SIGNING',
      'The signature of the ruleset does not match the public key that readers have: the signing key and the public key in the settings are not a pair. Export the outputs of the stack again.',
    );
  }
  return seal([{ keyId: keyIdOf(spki), signature }]);
}
