import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod';
import { listenOnLoopback } from '../http/listen-on-loopback.ts';
import { signDigest } from '../local/sign-digest.ts';
import type { Teardown } from '../teardown.ts';

/** KMS with one key that signs. May be changed at any time. */
export interface KmsServer {
  readonly endpoint: string;
  readonly keyArn: string;
  /** SPKI in DER. */
  readonly publicKey: Uint8Array;
  /** The error that every request gets, by its name. Null: none. */
  failure: string | null;
  /** Operations that were served, in order. */
  readonly served: readonly string[];
}

/** The one key that there is. */
export const emulatedKeyArn = 'arn:aws:kms:us-east-1:000000000000:key/11111111-2222-4333-8444-555555555555';
const target = 'TrentService.';
const algorithm = 'ECDSA_SHA_256';

const signInput = z.strictObject({
  KeyId: z.string(),
  Message: z.base64(),
  MessageType: z.literal('DIGEST'),
  SigningAlgorithm: z.literal(algorithm),
});
const keyInput = z.strictObject({ KeyId: z.string() });

/**
 * Serves the JSON protocol of KMS for `Sign` and `GetPublicKey`:
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export async function startKmsServer(t: Teardown): Promise<KmsServer> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const served: string[] = [];
  const state = { failure: null as string | null };
  const server = createServer((request, response) => {
    const header = request.headers['x-amz-target'];
    const operation = typeof header === 'string' && header.startsWith(target) ? header.slice(target.length) : '';
    const serve = async () => {
      const input = await json(request);
      if (state.failure !== null) return fail(response, state.failure);
      const answer = answerTo(operation, input, { privateKey, publicKey });
      if (typeof answer === 'string') return fail(response, answer);
      served.push(operation);
      send(response, 200, answer);
    };
    serve().catch(() => fail(response, 'ValidationException'));
  });
  const port = await listenOnLoopback(t, server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    ...{ keyArn: emulatedKeyArn, publicKey, served },
    get failure() {
      return state.failure;
    },
    set failure(name) {
      state.failure = name;
    },
  };
}

/** The answer, or the name of an error. */
function answerTo(
  operation: string,
  input: unknown,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: Uint8Array },
): Readonly<Record<string, unknown>> | string {
  if (operation === 'GetPublicKey') {
    if (keyInput.parse(input).KeyId !== emulatedKeyArn) return 'NotFoundException';
    const fields = {
      KeyId: emulatedKeyArn,
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: [algorithm],
    };
    return { ...fields, PublicKey: Buffer.from(publicKey).toString('base64') };
  }
  if (operation !== 'Sign') return 'UnknownOperationException';
  const { KeyId, Message, SigningAlgorithm } = signInput.parse(input);
  if (KeyId !== emulatedKeyArn) return 'NotFoundException';
  const digest = Buffer.from(Message, 'base64');
  if (digest.length !== 32) return 'ValidationException';
  return { KeyId, SigningAlgorithm, Signature: signDigest(privateKey, digest).toString('base64') };
}

function fail(response: ServerResponse, name: string): void {
  const status = /^(KeyUnavailable|DependencyTimeout|KMSInternal)/.test(name) ? 500 : 400;
  send(response, status, { __type: name, message: `${name} of the test` });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
