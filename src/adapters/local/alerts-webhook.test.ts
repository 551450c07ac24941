import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { text } from 'node:stream/consumers';
import test, { type ExecutionContext } from 'ava';
import { hasCode } from '../../domain/errors.ts';
import { alertSinkContract, sampleAlert } from '../../ports/alert-sink.contract.ts';
import { createWebhookAlertSink } from './alerts-webhook.ts';

/** A server of its own for each test. Answers its URL. */
async function serve(t: ExecutionContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
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

test('any other status is owed, with the status and the beginning of what was said', async (t) => {
  for (const status of [400, 404, 429, 503]) {
    const url = await serve(t, answering(status, `because ${'x'.repeat(5000)}`));
    const error = await t.throwsAsync(createWebhookAlertSink({ url }).send(sampleAlert()));
    t.true(hasCode(error, 'ERR_ALERT_DELIVERY') && error.retryable);
    t.regex(error?.message ?? '', new RegExp(`${status} because x`));
    t.true((error?.message.length ?? 0) < 400);
  }
});

test('a redirect is not followed: the alert goes nowhere but to its address', async (t) => {
  let reached = false;
  const other = await serve(t, (_request, response) => {
    reached = true;
    response.end();
  });
  const url = await serve(t, (_request, response) => void response.writeHead(307, { location: other }).end());
  t.true(hasCode(await t.throwsAsync(createWebhookAlertSink({ url }).send(sampleAlert())), 'ERR_ALERT_DELIVERY'));
  t.false(reached);
});

test('a server that does not answer in time, or not at all, is owed', async (t) => {
  const silent = await serve(t, () => undefined);
  const slow = createWebhookAlertSink({ url: silent, timeoutMs: 50 });
  t.true(hasCode(await t.throwsAsync(slow.send(sampleAlert())), 'ERR_ALERT_DELIVERY'));
  const nobody = createWebhookAlertSink({ url: 'http://127.0.0.1:1/' });
  const error = await t.throwsAsync(nobody.send(sampleAlert()));
  t.true(hasCode(error, 'ERR_ALERT_DELIVERY') && error.retryable);
});

test('what is no web address is refused at once', (t) => {
  for (const url of ['', 'file:///etc/passwd', 'example.org']) {
    t.true(
      hasCode(
        t.throws(() => createWebhookAlertSink({ url })),
        'ERR_CONFIG',
      ),
    );
  }
});
