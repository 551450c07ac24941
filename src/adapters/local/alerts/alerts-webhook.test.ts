import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../../../domain/errors.ts';
import { alertSinkContract, sampleAlert } from '../../../ports/alert-sink.contract.ts';
import { createWebhookAlertSink } from './alerts-webhook.ts';

/** A new server for each test. Returns its URL. */
function serve(t: ExecutionContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  t.teardown(() => server.closeAllConnections());
  return listen(t, server);
}

async function listen(t: ExecutionContext, server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}/hook`;
}

const answering =
  (status: number, body = '') =>
  (_request: IncomingMessage, response: Parameters<RequestListener>[1]) =>
    void response.writeHead(status).end(body);

alertSinkContract(
  test,
  async (t) => {
    const ids: string[] = [];
    const url = await serve(t, (request, response) => {
      ids.push(String(request.headers['rearview-alert-id']));
      response.writeHead(204).end();
    });
    return { sink: createWebhookAlertSink({ url }), delivered: async () => ids };
  },
  async (t) => createWebhookAlertSink({ url: await serve(t, answering(500, 'no')) }),
);

test('the alert is posted as JSON, with its id in a header', async (t) => {
  const requests: { readonly request: IncomingMessage; readonly body: string }[] = [];
  const url = await serve(t, (request, response) => {
    void text(request).then((body) => {
      requests.push({ request, body });
      response.end();
    });
  });
  await createWebhookAlertSink({ url }).send(sampleAlert());
  const [first] = requests;
  t.is(first?.request.method, 'POST');
  t.is(first?.request.url, '/hook');
  t.regex(first?.request.headers['content-type'] ?? '', /^application\/json/);
  t.is(first?.request.headers['rearview-alert-id'], 'ab12');
  t.deepEqual(JSON.parse(first?.body ?? ''), sampleAlert());
});

test('after any other status, the alert stays owed, with the status and the start of the response', async (t) => {
  for (const status of [400, 404, 500]) {
    const url = await serve(t, answering(status, `because ${'x'.repeat(5000)}`));
    const error = await t.throwsAsync(createWebhookAlertSink({ url }).send(sampleAlert()));
    t.true(hasCode(error, 'ERR_ALERT_DELIVERY') && error.retryable);
    t.regex(error?.message ?? '', new RegExp(`${status} because x`));
    t.true((error?.message.length ?? 0) < 400);
  }
});

test('a status of a service that takes no requests now is not about the alert', async (t) => {
  for (const status of [429, 502, 503, 504]) {
    const url = await serve(t, answering(status, 'later'));
    const error = await t.throwsAsync(createWebhookAlertSink({ url }).send(sampleAlert()));
    t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
    t.regex(error?.message ?? '', new RegExp(`HTTP ${status} later`));
  }
});

test('a redirect is not followed: the alert is sent only to its address', async (t) => {
  let reached = false;
  const other = await serve(t, (_request, response) => {
    reached = true;
    response.end();
  });
  const url = await serve(t, (_request, response) => void response.writeHead(307, { location: other }).end());
  const error = await t.throwsAsync(createWebhookAlertSink({ url }).send(sampleAlert()));
  t.true(hasCode(error, 'ERR_ALERT_DELIVERY'));
  t.regex(error?.message ?? '', /HTTP 307: redirects are not followed/);
  t.false(reached);
});

test('if a server does not respond, or not in time, the alert stays owed', async (t) => {
  const silent = await serve(t, () => undefined);
  const slow = createWebhookAlertSink({ url: silent, timeoutMs: 50 });
  t.true(hasCode(await t.throwsAsync(slow.send(sampleAlert())), 'ERR_UNAVAILABLE'));
  const unreachable = createWebhookAlertSink({ url: 'http://127.0.0.1:1/' });
  const error = await t.throwsAsync(unreachable.send(sampleAlert()));
  t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
});

/** Sends an endless response, and counts how much was read. */
async function serveEndless(t: ExecutionContext, status: number, headers: Readonly<Record<string, string>> = {}) {
  let sentBytes = 0;
  let closed = false;
  const url = await serve(t, (_request, response) => {
    response.writeHead(status, headers);
    const piece = Buffer.alloc(64 * 1024, 'x');
    const write = () => {
      for (let more = true; more && !response.destroyed; sentBytes += piece.length) more = response.write(piece);
    };
    response.on('drain', write).on('close', () => {
      closed = true;
    });
    write();
  });
  return { url, sentBytes: () => sentBytes, closed: () => closed };
}

/** Capacity of two sockets of this machine and the streams at their ends. */
const inFlightBytes = 16 * 1024 ** 2;

test('an endless response is not read: the status decides, and the connection is closed', async (t) => {
  for (const [status, isTaken] of [
    [200, true],
    [500, false],
  ] as const) {
    const server = await serveEndless(t, status);
    const sending = createWebhookAlertSink({ url: server.url }).send(sampleAlert());
    if (isTaken) await t.notThrowsAsync(sending);
    else t.regex((await t.throwsAsync(sending))?.message ?? '', /HTTP 500 xxx/);
    while (!server.closed()) await setImmediate();
    t.true(server.sentBytes() < inFlightBytes, `${server.sentBytes()} bytes were sent`);
  }
});

test('a status of success counts even if the body stalls, breaks off or cannot be decoded', async (t) => {
  const bodies: readonly RequestListener[] = [
    (_request, response) => void response.writeHead(200).write('...'),
    (_request, response) =>
      void response.writeHead(200, { 'content-length': '100' }).write('...', () => response.destroy()),
    (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip'),
    (_request, response) => void response.writeHead(200).end(Buffer.from([0xff, 0xfe, 0x00])),
  ];
  for (const listener of bodies) {
    const sink = createWebhookAlertSink({ url: await serve(t, listener), timeoutMs: 1000 });
    await t.notThrowsAsync(sink.send(sampleAlert()));
  }
});

test('after a response that is not HTTP, or has endless headers, the alert stays owed', async (t) => {
  for (const text of ['nonsense\r\n\r\n', 'HTTP/1.1 200 OK\r\n', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1024 ** 2)}`]) {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(text);
    });
    const url = await listen(t, server);
    const error = await t.throwsAsync(createWebhookAlertSink({ url, timeoutMs: 300 }).send(sampleAlert()));
    t.true(hasCode(error, 'ERR_UNAVAILABLE') && error.retryable);
    t.true((error?.message.length ?? 0) < 400);
  }
});

test('a password in the address is refused, and not repeated', (t) => {
  const error = t.throws(() => createWebhookAlertSink({ url: 'https://user:hunter2@example.invalid/' }));
  t.true(hasCode(error, 'ERR_CONFIG'));
  t.notRegex(error?.message ?? '', /hunter2/);
});

test('an address that is not http or https is refused at once', (t) => {
  for (const url of ['', 'file:///etc/passwd', 'example.org']) {
    t.true(
      hasCode(
        t.throws(() => createWebhookAlertSink({ url })),
        'ERR_CONFIG',
      ),
    );
  }
});
