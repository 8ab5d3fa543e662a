/** Whether the services behind us answer: asked for real, with a time limit, and not more often than once a second. */
import type { Database } from '../platform/database.ts';
import type { RedisConnection } from '../platform/redis.ts';
import type { Search } from '../search/search.ts';

const LIMIT_MS = 2_000;
const FRESH_MS = 1_000;

type Answer = 'ok' | 'down';

/** `down` anywhere makes the whole `down`, answered with status 503. */
export interface Health {
  status: Answer;
  postgres: Answer;
  redis: Answer;
  search: Answer;
}

/** Makes the check; many callers at once share one round of questions. */
export function makeHealthCheck({
  db,
  redis,
  search,
}: {
  db: Database;
  redis: RedisConnection;
  search: Search;
}): () => Promise<Health> {
  let last: { at: number; health: Promise<Health> } | null = null;
  return () => {
    const now = performance.now();
    if (last === null || now - last.at > FRESH_MS) last = { at: now, health: ask(db, redis, search) };
    return last.health;
  };
}

async function ask(db: Database, redis: RedisConnection, search: Search): Promise<Health> {
  const [postgres, redisAnswer, searchAnswer] = await Promise.all([
    answers(() => db.query('select 1')),
    answers(() => redis.client.ping()),
    answers(() => search.count('artists')),
  ]);
  const up = postgres === 'ok' && redisAnswer === 'ok' && searchAnswer === 'ok';
  return { status: up ? 'ok' : 'down', postgres, redis: redisAnswer, search: searchAnswer };
}

async function answers(question: () => Promise<unknown>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(resolve, LIMIT_MS, 'down');
  });
  const asked = question().then(
    (): Answer => 'ok',
    (): Answer => 'down',
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
