import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { Signer } from './signer.ts';

/** Tests that every `Signer` passes. `makeAdapter` returns one with its own key. */
export function signerContract(test: TestFn, makeAdapter: (t: ExecutionContext) => Promise<Signer> | Signer): void {
  const keyOf = async (signer: Signer): Promise<KeyObject> =>
    createPublicKey({ key: Buffer.from(await signer.publicKey()), format: 'der', type: 'spki' });
  const isValid = (key: KeyObject, message: Uint8Array, signature: Uint8Array) =>
    verify('sha256', message, { key, dsaEncoding: 'der' }, signature);

  test('signers: a signature is valid for the public key and the message, and for no other', async (t) => {
    const signer = await makeAdapter(t);
    const key = await keyOf(signer);
    // Longer than KMS accepts as a message.
    for (const message of [new Uint8Array(), Buffer.from('a'), new Uint8Array(100_000).fill(7)]) {
      const signature = await signer.sign(message);
      t.true(isValid(key, message, signature));
      t.false(isValid(key, Buffer.concat([message, Buffer.of(0)]), signature));
    }
  });

  test('signers: the key is over P-256, and stays the same', async (t) => {
    const signer = await makeAdapter(t);
    const key = await keyOf(signer);
    t.is(key.asymmetricKeyType, 'ec');
    t.is(key.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    await signer.sign(Buffer.from('a'));
    t.deepEqual(await signer.publicKey(), await signer.publicKey());
    t.true(key.equals(await keyOf(signer)));
  });

  test('signers: each has its own key', async (t) => {
    const [one, other] = [await makeAdapter(t), await makeAdapter(t)];
    t.false((await keyOf(one)).equals(await keyOf(other)));
  });
}
