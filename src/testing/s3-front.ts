import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';

/** What S3 answers instead of an object: an error, or nothing ever. */
export type S3Answer = { readonly status: number; readonly code: string; readonly fields?: string } | 'hang';

/**
 * Stands before an S3 server and answers reads of some keys; everything else passes. The answers are looked up with each request, so that a test may
 * change them. Answers its endpoint.
 */
export async function startS3Front(
  t: Pick<ExecutionContext, 'teardown'>,
  target: string,
  answers: Readonly<Record<string, S3Answer>>,
): Promise<string> {
  const { port } = new URL(target);
  const server = createServer((incoming, response) => {
    const { method, url = '', headers } = incoming;
    const key = decodeURIComponent(new URL(url, target).pathname.split('/').slice(2).join('/'));
    const answer = method === 'GET' || method === 'HEAD' ? answers[key] : undefined;
    if (answer === 'hang') return;
    if (answer !== undefined) {
      const { status, code, fields = '' } = answer;
      response.writeHead(status, { 'content-type': 'application/xml' });
      response.end(
        method === 'HEAD' ? undefined : `<Error><Code>${code}</Code><Message>No.</Message>${fields}</Error>`,
      );
      return;
    }
    const outgoing = request({ host: '127.0.0.1', port, method, path: url, headers }, (passed) => {
      response.writeHead(passed.statusCode ?? 502, passed.headers);
      passed.pipe(response);
    });
    outgoing.once('error', () => response.destroy());
    incoming.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
