import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, redactConfig } from './config.ts';

describe('configuration', () => {
  it('has defaults for everything', () => {
    expect(readConfig({})).toMatchObject({
      apiPort: 8082,
      apiHost: '127.0.0.1',
      databaseUrl: null,
      egressAllow: [],
      credentials: {},
    });
  });

  it('names all faults in one message, and never a secret', () => {
    const read = () =>
      readConfig({
        DATABASE_URL: 'mysql://u:hunter2@h/d',
        MUSICDB_API_PORT: 'eighty',
        MUSICDB_LOG_LEVEL: 'loud',
        MUSICDB_SPEED: '9',
      });
    expect(read).toThrowError(
      /DATABASE_URL.*[\s\S]*MUSICDB_API_PORT=eighty[\s\S]*MUSICDB_LOG_LEVEL=loud[\s\S]*MUSICDB_SPEED: no such setting/,
    );
    expect(read).not.toThrowError(/hunter2/);
  });

  it('reads secrets from files', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'musicdb-')), 'token');
    writeFileSync(file, 'a-long-token\n');
    expect(readConfig({ MUSICDB_API_TOKEN_FILE: file }).apiToken).toBe('a-long-token');
  });

  it('refuses a secret that is given twice, and a file that cannot be read', () => {
    expect(() => readConfig({ MUSICDB_API_TOKEN: 'a-long-token', MUSICDB_API_TOKEN_FILE: '/nowhere' })).toThrowError(
      /both set[\s\S]*ENOENT/,
    );
  });

  it('reads lists and maps', () => {
    const config = readConfig({
      MUSICDB_EGRESS_ALLOW: '127.0.0.1:80, [::1]:81',
      MUSICDB_SANDBOX_HOSTS: 'a.example=http://127.0.0.1:1,b.example=http://127.0.0.1:2',
    });
    expect(config.egressAllow).toEqual(['127.0.0.1:80', '[::1]:81']);
    expect(config.sandboxHosts).toEqual({ 'a.example': 'http://127.0.0.1:1', 'b.example': 'http://127.0.0.1:2' });
  });

  it('passes on the conditions of sources that are set', () => {
    const { credentials } = readConfig({
      SETLISTFM_API_KEY: 'k',
      MUSICDB_CONTACT: 'me@example.org',
      MUSICDB_ENABLE_1001TRACKLISTS: 'yes',
    });
    expect(credentials).toEqual({
      SETLISTFM_API_KEY: 'k',
      MUSICDB_CONTACT: 'me@example.org',
      MUSICDB_ENABLE_1001TRACKLISTS: 'true',
    });
  });

  it('is shown without secrets', () => {
    const shown = JSON.stringify(
      redactConfig(
        readConfig({
          DATABASE_URL: 'postgres://u:hunter2@h/d',
          MUSICDB_API_TOKEN: 'hunter2hunter2',
          SETLISTFM_API_KEY: 'hunter2',
          PROXY_URLS: 'http://u:hunter2@p.example:3128, http://u:a@hunter2@q.example:3128',
        }),
      ),
    );
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('postgres://[redacted]@h/d');
    expect(shown).toContain('["http://[redacted]@p.example:3128","http://[redacted]@q.example:3128"]');
  });

  it.each(['p.example:3128', 'socks5://u:hunter2@p.example:1080', 'http://u:hunter2@p.example/path', 'http://'])(
    'refuses %s as a proxy, without repeating it',
    (text) => {
      const refusal = () => readConfig({ PROXY_URLS: text });
      expect(refusal).toThrow(/PROXY_URLS: expected http:\/\/user:password@host:port/);
      expect(refusal).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
    },
  );
});
