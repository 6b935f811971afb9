import { createApi } from './app.ts';
import { databaseUrl } from './database/url.ts';
import { run } from './lifecycle.ts';

await run('tasks api', createApi(databaseUrl(process.env), process.env));
