/** `musicdb quarantine`: what is held, and why. */
import { listQuarantine } from '../../repositories/quarantine.ts';
import { numberArgument, sourceArgument } from '../arguments.ts';
import { type CommonOptions, printJson, printLine, table } from '../output.ts';
import { withServices } from '../with-services.ts';

interface Options extends CommonOptions {
  readonly source?: string;
  readonly reason?: string;
  readonly limit?: string;
  readonly data?: string;
}

export async function run(_args: string[], { source, reason, limit, data, json }: Options): Promise<undefined> {
  const query = {
    source: source === undefined ? null : sourceArgument(source),
    reason: reason ?? null,
    limit: numberArgument(limit ?? '20', '--limit', { min: 1, max: 1_000 }),
  };
  const held = await withServices({ role: 'quarantine', data, mayStart: true }, (ctx) => listQuarantine(ctx.db, query));
  if (json) printJson({ quarantine: held });
  else if (held.length === 0) printLine('nothing is held in quarantine');
  else
    printLine(
      table(
        ['id', 'source', 'reason', 'kind', 'at', 'message'],
        held.map((h) => [h.id, h.source, h.reason, h.kind, h.position, h.message.slice(0, 140)]),
      ),
    );
}
