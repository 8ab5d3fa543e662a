import { describe, expect, it } from 'vitest';
import { createEgressGuard } from './egress-guard.ts';

const guard = createEgressGuard(['127.0.0.1:9001', 'sandbox.test:80']);

function codeOf(url: string): string {
  try {
    guard.checkUrl(url);
    return 'allowed';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('addresses that are refused before anything is connected', () => {
  it.each([
    ['loopback', 'http://127.0.0.1/'],
    ['loopback on another port than the allowed one', 'http://127.0.0.1:9002/'],
    ['loopback as one number', 'http://2130706433/'],
    ['loopback in hex', 'http://0x7f000001/'],
    ['loopback in octal', 'http://0177.0.0.1/'],
    ['loopback, short form', 'http://127.1/'],
    ['loopback of IPv6', 'http://[::1]/'],
    ['loopback mapped into IPv6', 'http://[::ffff:127.0.0.1]/'],
    ['loopback mapped into IPv6, in hex', 'http://[::ffff:7f00:1]/'],
    ['loopback behind NAT64', 'http://[64:ff9b::7f00:1]/'],
    ['loopback inside 6to4', 'http://[2002:7f00:1::]/'],
    ['any address', 'http://0.0.0.0/'],
    ['private, 10/8', 'http://10.1.2.3/'],
    ['private, 172.16/12', 'https://172.31.255.255/'],
    ['private, 192.168/16', 'http://192.168.0.1/'],
    ['carrier-grade NAT', 'http://100.64.0.1/'],
    ['cloud metadata', 'http://169.254.169.254/latest/meta-data/'],
    ['link-local of IPv6', 'http://[fe80::1]/'],
    ['unique local of IPv6', 'http://[fd00::1]/'],
    ['multicast', 'http://224.0.0.1/'],
    ['broadcast', 'http://255.255.255.255/'],
    ['documentation', 'http://203.0.113.7/'],
    ['localhost by name', 'http://localhost:5432/'],
    ['localhost with a trailing dot', 'http://localhost./'],
    ['a name under .internal', 'http://metadata.google.internal/'],
    ['a bare host name', 'http://redis/'],
    ['a name under .localhost, in any writing', 'http://A.LOCALHOST../'],
    ['a name under .local, not in ASCII', 'http://例え.local/'],
    ['IPv4-compatible', 'http://[::127.0.0.1]/'],
    ['local NAT64', 'http://[64:ff9b:1::7f00:1]/'],
    ['Teredo', 'http://[2001:0:1::]/'],
    ['site-local', 'http://[fec0::1]/'],
    ['documentation of IPv6', 'http://[2001:db8::1]/'],
    ['cloud metadata over IPv6', 'http://[fd00:ec2::254]/'],
    ['cloud metadata at an address that looks public', 'http://168.63.129.16/'],
  ])('%s', (_, url) => {
    expect(codeOf(url)).toBe('EGRESS_BLOCKED');
  });

  it.each([
    ['another scheme', 'file:///etc/passwd'],
    ['ftp', 'ftp://example.com/'],
    ['credentials in the address', 'http://user:secret@example.com/'],
    ['an IPv6 zone', 'http://[fe80::1%25eth0]/'],
    ['no address at all', 'not a url'],
  ])('%s is not an address that can be fetched', (_, url) => {
    expect(codeOf(url)).toBe('INVALID_URL');
  });
});

describe('ports', () => {
  it.each([22, 25, 53, 110, 5060, 6000, 6379, 9200, 27017])('%i is not asked for pages', (port) => {
    expect(() => guard.checkUrl(`http://example.com:${port}/`)).toThrow(`port ${port} belongs to`);
  });

  it.each([80, 443, 3000, 8000, 8080, 8443])('%i is', (port) => {
    expect(codeOf(`http://example.com:${port}/`)).toBe('allowed');
  });
});

describe('a refusal', () => {
  it.each([
    ['http://127.0.0.1/', 'a loopback address (127.0.0.0/8, ::1)'],
    ['http://192.168.1.1/', 'a private address'],
    ['http://169.254.169.254/', 'where clouds give out credentials'],
    ['http://[::ffff:127.0.0.1]/', 'mapped into IPv6'],
    ['http://redis/', 'a name without a dot'],
  ])('of %s names its rule', (url, rule) => {
    expect(() => guard.checkUrl(url)).toThrow(rule);
  });

  it('does not repeat a password', () => {
    expect(() => guard.checkUrl('http://user:secret@example.com/')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('addresses that pass', () => {
  it.each(['http://127.0.0.1:9001/x', 'http://sandbox.test/', 'https://www.example.com/', 'https://93.184.216.34/'])(
    '%s',
    (url) => {
      expect(codeOf(url)).toBe('allowed');
    },
  );
});

describe('names', () => {
  const lookUp = (port: number, host: string) =>
    new Promise<{ error: Error | null; address: unknown }>((resolve) => {
      createEgressGuard(['localhost:9001']).lookupFor(port)(host, {}, (error, address) => resolve({ error, address }));
    });

  it('that resolve to a forbidden address are refused when the socket is opened', async () => {
    const { error } = await lookUp(9002, 'localhost');
    expect(error).toMatchObject({ code: 'EGRESS_BLOCKED' });
  });

  it('that a proxy will resolve are checked here first', async () => {
    const [inside, outside] = ['10.0.0.1', '93.184.216.34'].map((address) =>
      createEgressGuard([], (_name, _options, callback) => callback(null, [{ address, family: 4 }])),
    );
    await expect(inside?.checkName(new URL('https://set.example.com'))).rejects.toMatchObject({
      code: 'EGRESS_BLOCKED',
    });
    await expect(outside?.checkName(new URL('https://set.example.com'))).resolves.toBeUndefined();
  });

  it('that do not resolve are a fault that may pass', async () => {
    const nowhere = createEgressGuard([], (_name, _options, callback) =>
      callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []),
    );
    await expect(nowhere.checkName(new URL('https://set.example.com'))).rejects.toMatchObject({
      name: 'TransientError',
      code: 'ENOTFOUND',
    });
  });

  it('that are allowed with their port resolve as usual', async () => {
    const { error, address } = await lookUp(9001, 'localhost');
    expect(error).toBeNull();
    expect(['127.0.0.1', '::1']).toContain(address);
  });
});
