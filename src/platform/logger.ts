/** Structured log on stderr: stdout belongs to results. Secrets are redacted by key and by shape. */
import { type Logger as PinoLogger, pino } from 'pino';

export type Logger = PinoLogger;

const SECRET_KEYS = ['authorization', 'cookie', 'password', 'token', 'apiKey', 'secret', 'privateKey', 'x-api-key'];
const PASSWORD_IN_URL = /(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;

export function createLogger(level: string, bindings: Record<string, unknown> = {}): Logger {
  return pino(
    {
      level,
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: SECRET_KEYS.flatMap((key) => [pathOf(key), `*${pathOf(key, true)}`, `*.*${pathOf(key, true)}`]),
        censor: '[redacted]',
      },
      hooks: { streamWrite: (line) => line.replace(PASSWORD_IN_URL, '$1[redacted]@') },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

function pathOf(key: string, nested = false): string {
  return /^\w+$/.test(key) ? `${nested ? '.' : ''}${key}` : `["${key}"]`;
}
