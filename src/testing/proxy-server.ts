/** A real HTTP proxy on loopback: tunnels by CONNECT, forwards absolute addresses, asks for credentials and fails when told to. */
import { createServer, request as httpRequest, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface ProxyServer {
  /** host:port. */
  readonly host: string;
  /** What it was asked, in order: "CONNECT host:port", "GET http://…". */
  readonly asked: string[];
  /** Values of Proxy-Authorization. */
  readonly credentials: (string | undefined)[];
  /** Answers every request with this status instead of passing it on; null passes on. */
  status: number | null;
  release(): Promise<void>;
}

export async function startProxyServer(): Promise<ProxyServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    note(request.method, request.url, request.headers['proxy-authorization']);
    if (proxy.status !== null) {
      response.writeHead(proxy.status).end();
      return;
    }
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = httpRequest(request.url ?? '', { method: request.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  const note = (method: string | undefined, url: string | undefined, credential: string | undefined) => {
    proxy.asked.push(`${method} ${url}`);
    proxy.credentials.push(credential);
  };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  server.on('connect', (request, client: Socket, head: Buffer) => {
    note('CONNECT', request.url, request.headers['proxy-authorization']);
    if (proxy.status !== null) {
      client.end(`HTTP/1.1 ${proxy.status} No\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`http://${request.url}`);
    const onward = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    onward.on('error', () => client.destroy());
    sockets.add(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: ProxyServer = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    credentials: [],
    status: null,
    release: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
